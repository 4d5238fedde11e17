//! `Content-Disposition` of a file (RFC 6266).

use std::fmt::Write as _;

/// The header for a file of this name. The plain name is for old clients: what is not ASCII, or would
/// need to be quoted, becomes `_`. Marks that turn the direction of writing are left out of both, for
/// with them `fdp.exe` can look like `exe.pdf`.
pub(super) fn disposition(attachment: bool, name: &str) -> String {
    let name: String = name.chars().filter(|c| !turns_direction(*c)).collect();
    let kind = if attachment { "attachment" } else { "inline" };
    let plain = |c: char| {
        if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' {
            c
        } else {
            '_'
        }
    };
    let ascii: String = name.chars().map(plain).collect();
    if ascii == name {
        return format!("{kind}; filename=\"{ascii}\"");
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", encode(&name))
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// RFC 8187 section 3.2.1.
fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len() * 3);
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_survive_and_none_breaks_out() {
        assert_eq!(
            disposition(true, "q3 2026.pdf"),
            "attachment; filename=\"q3 2026.pdf\""
        );
        assert_eq!(
            disposition(false, "Käse\"; x=\"y"),
            "inline; filename=\"K_se_; x=_y\"; filename*=UTF-8''K%C3%A4se%22%3B%20x%3D%22y"
        );
        assert_eq!(
            disposition(true, "exe\u{202e}fdp.txt"),
            "attachment; filename=\"exefdp.txt\""
        );
        assert!(disposition(true, "100%.txt").ends_with("filename*=UTF-8''100%25.txt"));
    }
}
