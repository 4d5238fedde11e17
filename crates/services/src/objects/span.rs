//! Which octets of an object are asked for.

use std::ops::Range;

use crate::ports::ObjectError;

/// The octets that `range` means in an object of `size` octets; all of them without one.
///
/// # Errors
/// `Refused` for a range that does not lie inside the object: whoever asks looks at the size
/// first.
pub fn span(range: Option<Range<u64>>, size: u64) -> Result<Range<u64>, ObjectError> {
    match range {
        None => Ok(0..size),
        Some(range) if range.start <= range.end && range.end <= size => Ok(range),
        Some(range) => Err(ObjectError::Refused(format!(
            "octets {} to {} of an object of {size}",
            range.start, range.end
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_leaves_the_object_is_refused() {
        assert_eq!(span(None, 3), Ok(0..3));
        assert_eq!(span(Some(1..3), 3), Ok(1..3));
        assert_eq!(span(Some(3..3), 3), Ok(3..3));
        for range in [0..4, 4..4, Range { start: 2, end: 1 }] {
            assert!(span(Some(range), 3).is_err());
        }
    }
}
