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
        let text = self.cut(text);
        let mut from = 0;
        for (at, octet) in text.bytes().enumerate() {
            let dangerous = octet < b' ' || octet == 0x7f || (self.quotes && matches!(octet, b'"' | b'\\'));
            if dangerous {
                self.out.push_str(&text[from..at]);
                self.escape(octet);
                from = at + 1;
            }
        }
        self.out.push_str(&text[from..]);
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

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}
