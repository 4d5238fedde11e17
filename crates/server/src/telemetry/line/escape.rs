//! Values that cannot break out of their line.

use std::fmt;

/// Longer values are cut: one line must not fill the queue.
const LONGEST_VALUE: usize = 16 * 1024;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes text with quotes, backslashes and control characters escaped, as JSON and logfmt want it.
pub(super) struct Escaped<'a> {
    out: &'a mut String,
    room: usize,
    quotes: bool,
}

impl<'a> Escaped<'a> {
    /// For text between quotes.
    pub(super) fn quoted(out: &'a mut String) -> Self {
        Self {
            out,
            room: LONGEST_VALUE,
            quotes: true,
        }
    }

    /// For text that stands free: only control characters matter.
    pub(super) fn free(out: &'a mut String) -> Self {
        Self {
            out,
            room: LONGEST_VALUE,
            quotes: false,
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        let mut rest = self.cut(text);
        loop {
            let harmless = harmless(rest.as_bytes(), self.quotes);
            let (before, from) = rest.split_at(harmless);
            self.out.push_str(before);
            let Some(octet) = from.bytes().next() else {
                return;
            };
            self.escape(octet);
            rest = &from[1..];
        }
    }

    fn cut<'t>(&mut self, text: &'t str) -> &'t str {
        if text.len() <= self.room {
            self.room -= text.len();
            return text;
        }
        let end = text.floor_char_boundary(self.room);
        self.room = 0;
        &text[..end]
    }

    fn escape(&mut self, octet: u8) {
        self.out.push('\\');
        match octet {
            b'"' | b'\\' => self.out.push(char::from(octet)),
            b'\n' => self.out.push('n'),
            b'\r' => self.out.push('r'),
            b'\t' => self.out.push('t'),
            _ => {
                self.out.push_str("u00");
                self.out.push(char::from(HEX[usize::from(octet >> 4)]));
                self.out.push(char::from(HEX[usize::from(octet & 15)]));
            }
        }
    }
}

/// Octets up to the first that must be escaped.
fn harmless(text: &[u8], quotes: bool) -> usize {
    // Nearly all text is harmless, which is seen eight octets at a time; the last eight may overlap.
    if let Some(last) = text.last_chunk() {
        let (eights, _) = text.as_chunks();
        if !eights
            .iter()
            .chain([last])
            .any(|eight| is_suspect(*eight, quotes))
        {
            return text.len();
        }
    }
    let found = text.iter().position(|octet| is_dangerous(*octet, quotes));
    found.unwrap_or(text.len())
}

fn is_dangerous(octet: u8, quotes: bool) -> bool {
    octet < b' ' || octet == 0x7f || (quotes && matches!(octet, b'"' | b'\\'))
}

/// Whether any of eight octets is dangerous (Anderson, "Bit Twiddling Hacks": `hasless` and `haszero`).
fn is_suspect(eight: [u8; 8], quotes: bool) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let eight = u64::from_le_bytes(eight);
    let has = |octet: u8| {
        let differs = eight ^ (ONES * u64::from(octet));
        differs.wrapping_sub(ONES) & !differs & HIGHS
    };
    let control = (eight.wrapping_sub(ONES * u64::from(b' ')) & !eight & HIGHS) | has(0x7f);
    (control != 0) || (quotes && (has(b'"') | has(b'\\')) != 0)
}

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_at_every_place_is_judged_alike_eight_at_a_time() {
        for quotes in [true, false] {
            for octet in 0..=u8::MAX {
                for (length, at) in (1..20).flat_map(|length| (0..length).map(move |at| (length, at))) {
                    let mut text = vec![b'a'; length];
                    text[at] = octet;
                    let expected = if is_dangerous(octet, quotes) { at } else { length };
                    assert_eq!(harmless(&text, quotes), expected, "{octet} at {at} of {length}");
                }
            }
        }
    }
}
