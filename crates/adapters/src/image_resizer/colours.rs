//! What the numbers of a picture's colours mean: its ICC profile, without what tells of its maker.

use std::ops::Range;

/// The most octets of a profile that is read or written; those of screens and cameras have a few
/// thousand at most.
const MOST: usize = 32 * 1024;
const HEADER: usize = 128;
/// The length of a line in the table of tags: signature, offset, length.
const LINE: usize = 12;
/// Primaries and curves of red, green and blue: without them the rest says nothing.
const NEEDED: [&[u8; 4]; 6] = [b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"];
const WELCOME: [&[u8; 4]; 2] = [b"wtpt", b"chad"];
/// Fields of the header that colours are shown by: version and kinds, signature, intent and
/// illuminant. The date, the device and whoever made the profile are not among them.
const KEPT: [Range<usize>; 3] = [8..24, 36..40, 64..80];

/// The profile with nothing in it but what colours are shown by: some name the screen that a picture
/// was taken from by its serial number.
///
/// None if it is not of the plain kind, which three curves and nine numbers describe, or not of
/// red, green and blue: pictures are written in those whatever they were.
pub(super) fn bare_profile(profile: &[u8]) -> Option<Vec<u8>> {
    let header = profile.get(..HEADER).filter(|_| profile.len() <= MOST)?;
    if header.get(16..24)? != b"RGB XYZ " || header.get(36..40)? != b"acsp" {
        return None;
    }
    let is_new = *header.get(8)? >= 4;
    let mut tags = vec![
        (b"desc", nameless(is_new, true)),
        (b"cprt", nameless(is_new, false)),
    ];
    for name in NEEDED {
        tags.push((name, tag(profile, name)?.to_vec()));
    }
    let welcome = WELCOME
        .iter()
        .filter_map(|name| Some((*name, tag(profile, name)?.to_vec())));
    tags.extend(welcome);
    let bare = assembled(header, &tags)?;
    (bare.len() <= MOST).then_some(bare)
}

/// What a tag holds.
fn tag<'a>(profile: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let lines = profile.get(HEADER + 4..)?.chunks_exact(LINE);
    let line = lines
        .take(number(profile, HEADER)?)
        .find(|line| line.starts_with(name))?;
    let (offset, length) = (number(line, 4)?, number(line, 8)?);
    profile.get(offset..offset.checked_add(length)?)
}

fn number(octets: &[u8], at: usize) -> Option<usize> {
    let four = octets.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(four)).ok()
}

/// The header, the table and the tags, each of which is written once, however many share it.
fn assembled(header: &[u8], tags: &[(&[u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let mut front = vec![0; HEADER];
    for field in KEPT {
        front.get_mut(field.clone())?.copy_from_slice(header.get(field)?);
    }
    front.extend(u32::try_from(tags.len()).ok()?.to_be_bytes());
    let begin = front.len() + tags.len() * LINE;
    let (mut values, mut written) = (Vec::new(), Vec::<(usize, &[u8])>::new());
    for (name, value) in tags {
        let known = written.iter().find(|(_, other)| other == value);
        let offset = known.map_or(begin + values.len(), |(offset, _)| *offset);
        if known.is_none() {
            values.extend(value);
            values.resize(values.len().next_multiple_of(4), 0);
            written.push((offset, value.as_slice()));
        }
        front.extend(*name);
        front.extend(u32::try_from(offset).ok()?.to_be_bytes());
        front.extend(u32::try_from(value.len()).ok()?.to_be_bytes());
    }
    front.append(&mut values);
    let length = u32::try_from(front.len()).ok()?.to_be_bytes();
    front.get_mut(..4)?.copy_from_slice(&length);
    Some(front)
}

/// A text that says nothing, as description or as notice: there have to be both.
fn nameless(is_new: bool, description: bool) -> Vec<u8> {
    if is_new {
        // One record of twelve octets: a language, and where two octets of text are.
        let record = [&b"enUS"[..], &[0, 0, 0, 2], &[0, 0, 0, 28], b"\0-"].concat();
        return [&b"mluc\0\0\0\0"[..], &[0, 0, 0, 1], &[0, 0, 0, 12], &record].concat();
    }
    if description {
        // A text of one octet, which ends it, and the same in two other encodings.
        return [&b"desc\0\0\0\0"[..], &[0, 0, 0, 1], &[0; 79]].concat();
    }
    b"text\0\0\0\0\0".to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A profile as of a screen: what shows colours, and what tells of its owner.
    fn screen() -> Vec<u8> {
        let mut header = vec![7; HEADER];
        header[8] = 2;
        header[16..24].copy_from_slice(b"RGB XYZ ");
        header[36..40].copy_from_slice(b"acsp");
        let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33".to_vec();
        let mut tags = vec![(b"mmod", b"Ada's screen 4711".to_vec())];
        for name in NEEDED {
            let is_curve = name.ends_with(b"TRC");
            let value = if is_curve { curve.clone() } else { name.to_vec() };
            tags.push((name, value));
        }
        tags.push((b"wtpt", b"white".to_vec()));
        assembled(&header, &tags).unwrap_or_default()
    }

    #[test]
    fn a_profile_keeps_what_shows_colours_and_nothing_that_tells_of_a_screen() {
        let bare = bare_profile(&screen()).unwrap_or_default();
        assert_eq!(number(&bare, 0), Some(bare.len()));
        for name in NEEDED.iter().chain(&WELCOME[..1]) {
            assert_eq!(tag(&bare, name), tag(&screen(), name), "{name:?}");
        }
        assert_eq!(tag(&bare, b"mmod"), None);
        assert!(!bare.windows(5).any(|window| window == b"Ada's"));
        assert_eq!(bare_profile(&bare).as_ref(), Some(&bare));
    }

    #[test]
    fn a_profile_that_is_cut_too_large_or_of_other_colours_is_left_out() {
        let whole = screen();
        for end in 0..whole.len() - 3 {
            let bare = bare_profile(&whole[..end]);
            assert!(bare.is_none_or(|bare| bare.len() <= MOST), "{end}");
        }
        assert_eq!(bare_profile(&whole[..HEADER + 40]), None);
        let mut inks = whole.clone();
        inks[16..20].copy_from_slice(b"CMYK");
        assert_eq!(bare_profile(&inks), None);
        let mut large = whole.clone();
        large.resize(MOST + 1, 0);
        assert_eq!(bare_profile(&large), None);
        let mut far = whole;
        far[HEADER + 4 + LINE + 4..HEADER + 4 + LINE + 12].copy_from_slice(&[0xff; 8]);
        assert_eq!(bare_profile(&far), None);
    }
}
