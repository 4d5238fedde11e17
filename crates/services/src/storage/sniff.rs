//! What octets are, as far as they tell (after the WHATWG's MIME sniffing standard).
//!
//! What a client says is believed only where it cannot do harm: text may be called CSV, an archive
//! a document, but nothing is called an image that is none.

use mainstay_domain::MediaType;

/// Octets that are looked at.
pub(super) const HEAD: usize = 1024;

/// Signatures at the beginning of a file, at an offset.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\x01\0", "image/x-icon"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS-Adobe-", "application/postscript"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"OggS\0", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MThd\0\0\0\x06", "audio/midi"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
    (0, b"\0\x01\0\0\0", "font/ttf"),
    (0, b"\0asm", "application/wasm"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
];

/// What the type behind `RIFF` and its length is.
const RIFF: &[(&[u8], &str)] = &[
    (b"WEBP", "image/webp"),
    (b"WAVE", "audio/wav"),
    (b"AVI ", "video/x-msvideo"),
];

/// What the first brand of an ISO media file says.
const BRANDS: &[(&[u8], &str)] = &[
    (b"avif", "image/avif"),
    (b"avis", "image/avif"),
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"mif1", "image/heif"),
    (b"M4A ", "audio/mp4"),
    (b"qt  ", "video/quicktime"),
];

/// What HTML begins with, in lower case, behind white space.
const HTML: &[&[u8]] = &[
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<iframe",
    b"<h1",
    b"<div",
    b"<font",
    b"<table",
    b"<a",
    b"<style",
    b"<title",
    b"<b",
    b"<body",
    b"<br",
    b"<p",
    b"<!--",
    b"<img",
    b"<meta",
    b"<link",
    b"<form",
    b"<span",
];

const ZIP: &str = "application/zip";
const OLE: &str = "application/x-ole-storage";
const TEXT: &str = "text/plain";

/// What plain text may be called: nothing that a browser runs.
const TEXTS: &[&str] = &[
    "text/csv",
    "text/markdown",
    "text/calendar",
    "text/vcard",
    "text/tab-separated-values",
    "application/json",
    "application/ld+json",
    "application/geo+json",
    "application/x-ndjson",
    "application/yaml",
    "application/toml",
    "application/sql",
];

/// What archives and containers may be called.
const CONTAINERS: &[(&str, &str)] = &[
    (ZIP, "application/vnd.openxmlformats-officedocument."),
    (ZIP, "application/vnd.oasis.opendocument."),
    (ZIP, "application/epub+zip"),
    (ZIP, "application/vnd.android.package-archive"),
    (ZIP, "application/java-archive"),
    (OLE, "application/msword"),
    (OLE, "application/vnd.ms-"),
    ("video/webm", "video/x-matroska"),
    ("video/webm", "audio/webm"),
    ("audio/ogg", "video/ogg"),
    ("video/mp4", "audio/mp4"),
];

/// The type of a file that begins so, and that its uploader says is `declared`.
pub(super) fn media_type(head: &[u8], declared: Option<&MediaType>) -> MediaType {
    let found = found(head);
    let believed = declared.filter(|declared| believable(found, declared.as_str()));
    believed.cloned().unwrap_or_else(|| parsed(found))
}

fn parsed(raw: &str) -> MediaType {
    MediaType::parse(raw).unwrap_or_else(|_| MediaType::octet_stream())
}

fn believable(found: &str, declared: &str) -> bool {
    let container = |(kind, name): &(&str, &str)| *kind == found && declared.starts_with(name);
    found == TEXT && TEXTS.contains(&declared) || CONTAINERS.iter().any(container)
}

fn found(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "application/octet-stream";
    }
    let signature = |(offset, octets, _): &&(usize, &[u8], &'static str)| {
        head.get(*offset..).is_some_and(|rest| rest.starts_with(octets))
    };
    markup(head)
        .or_else(|| SIGNATURES.iter().find(signature).map(|(_, _, name)| *name))
        .or_else(|| container(head))
        .unwrap_or_else(|| {
            if is_text(head) {
                TEXT
            } else {
                "application/octet-stream"
            }
        })
}

/// HTML, SVG and XML, before anything else: what a browser might run must not pass for something
/// that it shows.
fn markup(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let lower = head.to_ascii_lowercase();
    let trimmed = lower.trim_ascii_start();
    if has_tag(trimmed, b"<svg") || trimmed.starts_with(b"<?xml") && contains(trimmed, b"<svg") {
        return Some("image/svg+xml");
    }
    if HTML.iter().any(|tag| has_tag(trimmed, tag))
        || trimmed.starts_with(b"<") && contains(trimmed, b"<html")
    {
        return Some("text/html");
    }
    trimmed.starts_with(b"<?xml").then_some("text/xml")
}

/// Whether it begins with a tag that ends there.
fn has_tag(octets: &[u8], tag: &[u8]) -> bool {
    let rest = octets.strip_prefix(tag);
    rest.is_some_and(|rest| {
        tag == b"<!--"
            || rest
                .first()
                .is_none_or(|c| c.is_ascii_whitespace() || b">/".contains(c))
    })
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

fn container(head: &[u8]) -> Option<&'static str> {
    let named = |table: &'static [(&[u8], &'static str)], name: &[u8]| {
        table
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    };
    if head.starts_with(b"RIFF") {
        return named(RIFF, head.get(8..12)?);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some(named(BRANDS, head.get(8..12)?).unwrap_or("video/mp4"));
    }
    // Frames of MPEG audio without a tag before them.
    let [first, second, ..] = head else { return None };
    (*first == 0xff && second & 0xe6 == 0xe2).then_some("audio/mpeg")
}

/// UTF-8 without the octets that no text has; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let binary = |c: &u8| matches!(c, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if head.iter().any(binary) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &[u8], declared: &str) -> String {
        let declared = MediaType::parse(declared).ok();
        media_type(head, declared.as_ref()).to_string()
    }

    #[test]
    fn what_a_browser_could_run_never_passes_for_an_image() {
        for head in [
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
            b"\xef\xbb\xbf  \r\n<ScRiPt>alert(1)</script>",
            b"<!-- GIF89a --><body onload=x>",
            b"<html/onload=x>",
        ] {
            assert_eq!(told(head, "image/png"), "text/html");
        }
        let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\">";
        assert_eq!(told(svg, "image/png"), "image/svg+xml");
        assert_eq!(told(b"alert(1)", "text/javascript"), "text/plain");
        assert_eq!(told(b"\0\xff\x13", "text/html"), "application/octet-stream");
    }

    #[test]
    fn files_are_known_by_their_first_octets() {
        for (head, name) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x20ftypavif", "image/avif"),
            (b"\0\0\0\x20ftypisom", "video/mp4"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
            (b"\xff\xfb\x90", "audio/mpeg"),
            ("Käse".as_bytes(), "text/plain"),
            (b"K\xc3", "text/plain"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(told(head, "nonsense"), name);
        }
    }

    #[test]
    fn a_claim_is_believed_only_where_it_does_no_harm() {
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        assert_eq!(told(b"PK\x03\x04", docx), docx);
        assert_eq!(told(b"a,b\n1,2", "text/csv"), "text/csv");
        assert_eq!(told(b"a,b\n1,2", "text/html"), "text/plain");
        assert_eq!(told(b"PK\x03\x04", "image/png"), "application/zip");
        assert_eq!(told(b"GIF89a", "text/csv"), "image/gif");
    }
}
