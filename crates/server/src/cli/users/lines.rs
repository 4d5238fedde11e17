//! Lines of a file, however long the file or a line of it is.

use std::io::{self, BufRead, Read};

/// Octets of the longest line that is read; a row has a few hundred.
const LONGEST: usize = 64 * 1024;

/// Reads a file line by line.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
}

/// A line and its number, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub number: u64,
    /// Without its end; none if it is too long.
    pub text: Option<Vec<u8>>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// The next line that is not blank; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut text = Vec::new();
            let limit = LONGEST as u64 + 1;
            if (&mut self.input).take(limit).read_until(b'\n', &mut text)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let is_whole = text.ends_with(b"\n") || text.len() <= LONGEST;
            if !is_whole {
                self.skip_rest()?;
            }
            // What some programs put before the first line.
            let bare = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text).trim_ascii();
            if is_whole && bare.is_empty() {
                continue;
            }
            return Ok(Some(Line {
                number: self.number,
                text: is_whole.then(|| bare.to_vec()),
            }));
        }
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|octet| *octet == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(input);
        std::iter::from_fn(|| lines.next().unwrap_or_default()).collect()
    }

    fn line(number: u64, text: &[u8]) -> Line {
        let text = Some(text.to_vec());
        Line { number, text }
    }

    #[test]
    fn blank_lines_count_and_are_passed_over() {
        let found = read(b"\xEF\xBB\xBFone\r\n\n  \t\ntwo");
        assert_eq!(found, [line(1, b"one"), line(4, b"two")]);
        assert_eq!(read(b""), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let mut input = vec![b'x'; LONGEST * 3];
        input.extend(b"\nnext\n");
        let found = read(&input);
        assert_eq!(
            found,
            [
                Line {
                    number: 1,
                    text: None
                },
                line(2, b"next")
            ]
        );
    }
}
