//! The time of a line: UTC, with microseconds.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-11-21T20:10:00.123456Z` takes this many octets.
const LENGTH: usize = 27;
const DAY: u64 = 86_400;

/// Writes times; within one second only the microseconds change.
pub(super) struct LineClock {
    second: u64,
    text: [u8; LENGTH],
}

impl Default for LineClock {
    fn default() -> Self {
        Self {
            second: u64::MAX,
            text: *b"1970-01-01T00:00:00.000000Z",
        }
    }
}

/// Microseconds since 1970.
pub(super) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

impl LineClock {
    /// The text of a time in microseconds since 1970.
    pub(super) fn show(&mut self, micros: u64) -> &str {
        let second = micros / 1_000_000;
        if second != self.second {
            self.second = second;
            self.show_second(second);
        }
        put(&mut self.text[20..26], micros % 1_000_000);
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    fn show_second(&mut self, second: u64) {
        let (year, month, day) = date(second / DAY);
        let of_day = second % DAY;
        put(&mut self.text[0..4], year);
        put(&mut self.text[5..7], month);
        put(&mut self.text[8..10], day);
        put(&mut self.text[11..13], of_day / 3600);
        put(&mut self.text[14..16], of_day / 60 % 60);
        put(&mut self.text[17..19], of_day % 60);
    }
}

fn put(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

/// Year, month and day of a day since 1970 (Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

/// `20261121T201000.123456Z`: a time in the name of a file. Later ones are greater as texts, too.
pub(in crate::telemetry) fn stamp(time: SystemTime) -> String {
    let mut clock = LineClock::default();
    clock.show(micros(time)).replace(['-', ':'], "")
}
