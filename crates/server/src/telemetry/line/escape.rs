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
    let dangerous = |octet: u8| octet < b' ' || octet == 0x7f || (quotes && matches!(octet, b'"' | b'\\'));
    let mut start = 0;
    // Eight at a time without a branch: nearly all text is harmless.
    for eight in text.chunks_exact(8) {
        if eight.iter().fold(false, |found, octet| found | dangerous(*octet)) {
            break;
        }
        start += 8;
    }
    let found = text[start..].iter().position(|octet| dangerous(*octet));
    found.map_or(text.len(), |found| start + found)
}

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}
