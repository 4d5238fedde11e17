//! Texts that leave the house: what may be about a person is taken out of them.

use std::net::{IpAddr, SocketAddr};

/// Longer texts are cut.
const LONGEST: usize = 1_000;
/// A word with digits that is as long is an id, a token or a hash.
const LONG_WORD: usize = 20;
/// A word with so many digits is a number of something.
const MANY_DIGITS: usize = 6;

const HIDDEN: char = '…';

/// The text without what stands between quotes, mail addresses, network addresses, ids, tokens and long
/// numbers. What an error tells of values, it tells in one of these ways; its own words remain.
pub(super) fn scrub(text: &str) -> String {
    let cut = &text[..text.floor_char_boundary(LONGEST)];
    let mut scrubbed = String::with_capacity(cut.len());
    let bare = without_quoted(cut);
    for piece in bare.split_inclusive(is_boundary) {
        let word = piece.trim_end_matches(is_boundary);
        if is_private(word) {
            scrubbed.push(HIDDEN);
        } else {
            scrubbed.push_str(word);
        }
        scrubbed.push_str(&piece[word.len()..]);
    }
    scrubbed
}

fn is_boundary(letter: char) -> bool {
    letter.is_whitespace() || ",;()[]{}<>|=".contains(letter)
}

fn is_private(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let bare = word.trim_end_matches(['.', ':', '!', '?']);
    word.contains('@')
        || digits >= MANY_DIGITS
        || (word.len() >= LONG_WORD && digits > 0)
        || bare.parse::<IpAddr>().is_ok()
        || bare.parse::<SocketAddr>().is_ok()
}

/// Quotes stay, what is between them goes. A quote that is never closed hides the rest.
fn without_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, from) = rest.split_at(at);
        let (quote, after) = from.split_at(1);
        out.push_str(before);
        out.push_str(quote);
        if quote == "'" && before.ends_with(char::is_alphanumeric) {
            // An apostrophe.
            rest = after;
            continue;
        }
        out.push(HIDDEN);
        let Some(end) = closing(after, quote) else {
            return out;
        };
        out.push_str(quote);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Where the quotation ends: neither at an escaped quote nor at an apostrophe.
fn closing(text: &str, quote: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find(quote) {
        let at = from + found;
        let is_escaped = text[..at].ends_with('\\');
        let goes_on = quote == "'" && text[at + 1..].starts_with(char::is_alphanumeric);
        if !is_escaped && !goes_on {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::scrub;

    #[test]
    fn what_may_be_about_a_person_is_taken_out_and_the_words_of_an_error_stay() {
        for (text, expected) in [
            (
                "Duplicate entry 'ada@example.com' for key 'users.email'",
                "Duplicate entry '…' for key '…'",
            ),
            (
                "Duplicate entry 'o'brien@example.com' for",
                "Duplicate entry '…' for",
            ),
            (
                "550 <ada@example.com>: no such mailbox",
                "550 <…>: no such mailbox",
            ),
            ("it can't be, for ada@example.com.", "it can't be, for …"),
            (
                "called `unwrap()` on Err(Bad(\"a \\\"secret\\\" word\"))",
                "called `unwrap()` on Err(Bad(\"…\"))",
            ),
            ("never \"closed secret", "never \"…"),
            (
                "from 192.0.2.7: and 2001:db8::1 and 192.0.2.7:443",
                "from … and … and …",
            ),
            (
                "user 0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e is gone",
                "user … is gone",
            ),
            ("phone=+4917012345678, code 424242", "phone=…, code …"),
            (
                "os error 111 (Connection refused)",
                "os error 111 (Connection refused)",
            ),
            (
                "in mainstay_repositories::sea::users at 5 s",
                "in mainstay_repositories::sea::users at 5 s",
            ),
            ("token eyJhbGciOiJIUzI1NiJ9.e30.x", "token …"),
        ] {
            assert_eq!(scrub(text), expected);
        }
        assert!(scrub(&"ä".repeat(2_000)).len() <= 1_000);
    }
}
