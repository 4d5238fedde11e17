//! Keys as names of files.

use std::path::PathBuf;

use aws_lc_rs::digest;
use mainstay_domain::ObjectKey;

/// File systems allow 255 octets; this leaves room for the marks.
const LONGEST_PART: usize = 200;
/// Marks the parts of a long name. The encoding never makes it.
const MARK: char = '+';
/// Folders on each of two levels. A thousand hold a hundred million files well enough, and more
/// would cost every young store one more folder, made durable, with nearly every file.
pub(super) const FAN: u8 = 32;
/// Names that mean devices on Windows, with any extension.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Where the object of a key lies below its bucket's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The folders of its hash.
    pub(super) fan: (u8, u8),
    /// Its key, encoded.
    pub(super) encoded: String,
}

impl Place {
    /// Of this key. The hash spreads evenly what begins alike, such as UUIDv7, which begin with
    /// the time.
    pub(super) fn of(key: &ObjectKey) -> Self {
        let hash = digest::digest(&digest::SHA256, key.as_str().as_bytes());
        let level = |at: usize| hash.as_ref().get(at).copied().unwrap_or_default() % FAN;
        Self {
            fan: (level(0), level(1)),
            encoded: encode(key.as_str()),
        }
    }

    /// The folders of its hash, and those of a long name.
    pub(super) fn folders(&self) -> Vec<String> {
        let mut parts = parts(&self.encoded);
        parts.pop();
        let mut folders = vec![fan_name(self.fan.0), fan_name(self.fan.1)];
        folders.extend(parts);
        folders
    }

    /// Its path below the bucket's folder.
    pub(super) fn path(&self) -> PathBuf {
        let fan = PathBuf::from(fan_name(self.fan.0)).join(fan_name(self.fan.1));
        parts(&self.encoded)
            .into_iter()
            .fold(fan, |path, part| path.join(part))
    }
}

/// The name of a folder of the hash.
pub(super) fn fan_name(level: u8) -> String {
    format!("{level:02x}")
}

/// Whether a folder holds the further parts of long names.
pub(super) fn is_part(name: &str) -> bool {
    name.ends_with(MARK)
}

/// The encoded key that a path of parts stands for.
pub(super) fn joined(parts: &str) -> String {
    parts.replace([MARK, '/'], "")
}

/// Lower-case letters, digits and a few marks stand for themselves; everything else is percent-
/// encoded, upper-case letters among it, so that no two keys are one name where case does not
/// count or where Unicode is normalised.
pub(super) fn encode(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let stem = text.split('.').next().unwrap_or_default();
    for (at, octet) in text.bytes().enumerate() {
        let edge = at == 0 || at + 1 == text.len();
        let plain = match octet {
            b'a'..=b'z' => at > 0 || !is_reserved(stem),
            b'0'..=b'9' | b'-' | b'_' => true,
            // Hidden at the beginning, dropped by Windows at the end.
            b'.' => !edge,
            _ => false,
        };
        if plain {
            name.push(char::from(octet));
        } else {
            name.push_str(&format!("%{octet:02x}"));
        }
    }
    name
}

/// The text that was encoded; none if this is nothing that [`encode`] makes.
pub(super) fn decode(name: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digit = |octet: Option<u8>| char::from(octet?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        octets.push(u8::try_from(high * 16 + low).ok()?);
    }
    let text = String::from_utf8(octets).ok()?;
    (encode(&text) == name).then_some(text)
}

fn is_reserved(stem: &str) -> bool {
    let kind = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    RESERVED.contains(&kind) && stem.len() <= 4
}

/// The name in parts that fit; every part but the last is a folder's.
fn parts(encoded: &str) -> Vec<String> {
    // All of it is ASCII, so that any octet is a boundary.
    let chunks: Vec<&[u8]> = encoded.as_bytes().chunks(LONGEST_PART).collect();
    let last = chunks.len().saturating_sub(1);
    let part = |(at, chunk): (usize, &&[u8])| {
        let text: String = chunk.iter().copied().map(char::from).collect();
        let before = if at > 0 { "+" } else { "" };
        let behind = if at < last { "+" } else { "" };
        format!("{before}{text}{behind}")
    };
    chunks.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use super::*;

    fn key(text: &str) -> ObjectKey {
        ObjectKey::parse(text).unwrap()
    }

    #[test]
    fn ordinary_names_stay_readable_and_others_are_escaped() {
        for (text, name) in [
            (
                "0192f0c1-7e5b-7cc2-8a3e-5b1f6a1c9d10",
                "0192f0c1-7e5b-7cc2-8a3e-5b1f6a1c9d10",
            ),
            ("2026/q3.pdf", "2026%2fq3.pdf"),
            ("README", "%52%45%41%44%4d%45"),
            ("a b", "a%20b"),
            (".hidden", "%2ehidden"),
            ("end.", "end%2e"),
            ("ä", "%c3%a4"),
            ("100%", "100%25"),
            ("a+b", "a%2bb"),
            ("con", "%63on"),
            ("com1.txt", "%63om1.txt"),
            ("lpt9", "%6cpt9"),
            ("console", "console"),
            ("..\\..\\x", "%2e.%5c..%5cx"),
        ] {
            assert_eq!(encode(text), name);
            assert_eq!(decode(name).as_deref(), Some(text));
        }
    }

    #[test]
    fn names_that_nobody_encoded_mean_no_key() {
        for name in [
            "README", "a b", "%2", "%zz", "%41%C3", "%ff", "%61", "con", "a%2E",
        ] {
            assert_eq!(decode(name), None, "{name}");
        }
    }

    #[test]
    fn no_key_leaves_its_bucket_or_makes_a_name_too_long() {
        let dots = "a.".repeat(512);
        let slashes = "x/".repeat(511) + "x";
        let wide = "\u{1f600}".repeat(256);
        let upper = "A".repeat(1024);
        for text in [
            "CON",
            "nul.tar.gz",
            "...",
            "a/..b",
            "C:\\x",
            "\u{202e}x",
            "~",
            &dots,
            &slashes,
            &wide,
            &upper,
        ] {
            let place = Place::of(&key(text));
            let path = place.path();
            for component in path.components() {
                let Component::Normal(name) = component else {
                    panic!("{text:?} became {path:?}");
                };
                let name = name.to_str().unwrap();
                assert!(name.len() <= 255 && !name.starts_with('.') && !name.ends_with('.'));
                assert!(
                    !name
                        .chars()
                        .any(|c| c.is_ascii_uppercase() || c == '\\' || c == ':')
                );
            }
            let below: Vec<&str> = path.iter().skip(2).map(|part| part.to_str().unwrap()).collect();
            assert_eq!(decode(&joined(&below.join("/"))).as_deref(), Some(text));
            assert_eq!(place.folders().len() + 1, path.iter().count());
        }
    }

    #[test]
    fn keys_that_begin_with_the_same_time_spread_over_the_folders() {
        let name = |n: u32| key(&format!("0192f0c1-7e5b-7cc2-8a3e-{n:012x}"));
        let fans: std::collections::BTreeSet<_> = (0..1000).map(|n| Place::of(&name(n)).fan).collect();
        assert!(fans.len() > 500, "only {} folders are used", fans.len());
    }
}
