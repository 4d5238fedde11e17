//! `Range` (RFC 9110 section 14).

use std::ops::Range;

/// The most ranges that one answer has; a request for more gets the whole.
const MOST: usize = 8;

/// What a `Range` header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The whole: there is no such header, or none that has to be understood.
    Whole,
    /// These octets, one range or more, none of them empty.
    Parts(Vec<Range<u64>>),
    /// Nothing that there is.
    Nothing,
}

/// Reads the header's value, for a file of `size` octets.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some(set) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let mut parts = Vec::new();
    for (count, spec) in set
        .split(',')
        .map(str::trim)
        .filter(|spec| !spec.is_empty())
        .enumerate()
    {
        let Some(range) = parse(spec, size) else {
            return Wanted::Whole;
        };
        if count == MOST {
            return Wanted::Whole;
        }
        parts.extend(range);
    }
    // More octets than there are is somebody's trick, or a mistake.
    let sum: u64 = parts.iter().map(|part| part.end - part.start).sum();
    match parts.len() {
        0 if set.trim().is_empty() => Wanted::Whole,
        0 => Wanted::Nothing,
        1 => Wanted::Parts(parts),
        _ if sum > size => Wanted::Whole,
        _ => Wanted::Parts(parts),
    }
}

/// `None` if it is no range; `Some(None)` if it lies behind the end.
fn parse(spec: &str, size: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let length = number(last)?.min(size);
        return Some((length > 0).then_some(size - length..size));
    }
    let start = number(first)?;
    let end = if last.is_empty() {
        u64::MAX
    } else {
        number(last)?.saturating_add(1)
    };
    if start >= end {
        return None;
    }
    Some((start < size).then_some(start..end.min(size)))
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(header: &str) -> Wanted {
        wanted(Some(header), 100)
    }

    #[test]
    fn ranges_mean_what_the_rfc_says() {
        let one = |range| Wanted::Parts(vec![range]);
        assert_eq!(parts("bytes=0-9"), one(0..10));
        assert_eq!(parts("bytes=90-"), one(90..100));
        assert_eq!(parts("bytes=90-1000"), one(90..100));
        assert_eq!(parts("bytes=-10"), one(90..100));
        assert_eq!(parts("bytes=-1000"), one(0..100));
        assert_eq!(parts("bytes=0-99999999999999999999999"), one(0..100));
        assert_eq!(parts("bytes=0-0, 5-6"), Wanted::Parts(vec![0..1, 5..7]));
        assert_eq!(parts("bytes=0-0,200-"), one(0..1));
        for header in ["bytes=100-", "bytes=-0", "bytes=200-300"] {
            assert_eq!(parts(header), Wanted::Nothing, "{header}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }

    #[test]
    fn what_is_no_range_or_too_many_gets_the_whole() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=a-b",
            "bytes=5-3",
            "octets=0-1",
            "bytes=0-1,x",
            "bytes=0-99,0-99",
            "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16",
        ] {
            assert_eq!(parts(header), Wanted::Whole, "{header}");
        }
        assert_eq!(wanted(None, 5), Wanted::Whole);
    }
}
