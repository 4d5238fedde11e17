//! Durations and sizes as people write them: `15m`, `500ms`, `1MiB`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

const DURATION_UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

const SIZE_UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

/// Reads `500ms`, `90s`, `15m`, `12h`, `7d` and sums such as `1h30m`. A bare number is refused:
/// nobody can tell seconds from milliseconds.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = split_number(rest)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let (_, millis) = DURATION_UNITS.iter().find(|(name, _)| *name == unit.trim())?;
        total = total.checked_add(number.checked_mul(*millis)?)?;
        rest = after;
    }
    Some(Duration::from_millis(total))
}

/// Writes a duration so that [`parse_duration`] reads it back.
pub(crate) fn show_duration(span: Duration) -> String {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let exact = DURATION_UNITS
        .iter()
        .find(|(_, unit)| millis >= *unit && millis.is_multiple_of(*unit));
    exact.map_or_else(
        || "0s".to_owned(),
        |(name, unit)| format!("{}{name}", millis / unit),
    )
}

/// Reads `1MiB`, `512KiB`, `1MB`, or a number of octets.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = split_number(text.trim())?;
    let unit = unit.trim();
    if unit.is_empty() {
        return Some(number);
    }
    let (_, factor) = SIZE_UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    number.checked_mul(*factor)
}

/// Writes a size so that [`parse_size`] reads it back.
pub(super) fn show_size(size: u64) -> String {
    let binary = SIZE_UNITS
        .iter()
        .take(3)
        .find(|(_, unit)| size >= *unit && size.is_multiple_of(*unit));
    binary.map_or_else(
        || size.to_string(),
        |(name, unit)| format!("{}{name}", size / unit),
    )
}

fn split_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// For `#[serde(deserialize_with = …)]` on fields of type [`Duration`] whose key is a
/// [`Kind::Span`](super::Kind::Span).
///
/// # Errors
/// If it is no duration such as `15m`.
pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).ok_or_else(|| D::Error::custom("not a duration"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_unit_and_in_sums() {
        for (text, millis) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("15m", 900_000),
            ("1h30m", 5_400_000),
            ("7d", 604_800_000),
            (" 2 s ", 2_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
    }

    #[test]
    fn durations_without_a_unit_or_with_nonsense_are_refused() {
        for text in [
            "",
            "15",
            "m",
            "-1s",
            "1.5h",
            "1w",
            "99999999999999999999s",
            "999999999999999d",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back_as_the_same_value() {
        for millis in [0, 1, 1_500, 60_000, 90_000, 86_400_000] {
            let span = Duration::from_millis(millis);
            assert_eq!(parse_duration(&show_duration(span)), Some(span));
        }
        for size in [0, 1, 1_000, 1 << 20, 3 << 29] {
            assert_eq!(parse_size(&show_size(size)), Some(size));
        }
    }
}
