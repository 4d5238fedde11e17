//! Whether a JPEG is all there.

const MARKER: u8 = 0xff;
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the marker of its end follows the segments of a JPEG. What lies behind it, which some
/// cameras write, does not matter.
pub(super) fn is_whole(octets: &[u8]) -> bool {
    let mut rest = octets;
    loop {
        let Some((marker, behind)) = next_marker(rest) else {
            return false;
        };
        rest = match marker {
            END_OF_IMAGE => return true,
            // Markers without a segment: the start of the image, restarts and TEM.
            0x01 | 0xd0..=0xd8 => behind,
            _ => {
                let length = match behind {
                    [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
                    _ => return false,
                };
                let Some(after) = behind.get(length.max(2)..) else {
                    return false;
                };
                if marker == START_OF_SCAN {
                    behind_scan(after)
                } else {
                    after
                }
            }
        };
    }
}

/// The next marker, and what lies behind it. Any number of octets of ones may stand before it.
fn next_marker(octets: &[u8]) -> Option<(u8, &[u8])> {
    let at = octets.iter().position(|octet| *octet == MARKER)?;
    let ones = octets.get(at..)?;
    let fill = ones.iter().position(|octet| *octet != MARKER)?;
    Some((*ones.get(fill)?, ones.get(fill + 1..)?))
}

/// What follows compressed pixels, in which a marker is an octet of ones without a zero behind it.
fn behind_scan(octets: &[u8]) -> &[u8] {
    let is_end = |pair: &[u8]| {
        let [first, second] = pair else { return false };
        *first == MARKER && !matches!(*second, 0 | 0xd0..=0xd7)
    };
    let end = octets.windows(2).position(is_end).unwrap_or(octets.len());
    octets.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = &[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xd9];
    const SCAN: &[u8] = &[0xff, 0xda, 0, 3, 1, 7, 0xff, 0, 8, 0xff, 0xd0, 9];
    const END: &[u8] = &[0xff, 0xff, 0xd9];

    fn whole(parts: &[&[u8]]) -> bool {
        is_whole(&parts.concat())
    }

    #[test]
    fn only_the_marker_behind_all_scans_ends_a_jpeg() {
        assert!(whole(&[HEAD, SCAN, END]));
        assert!(whole(&[HEAD, SCAN, SCAN, END, b"what a camera adds"]));
        for broken in [
            &[HEAD][..],
            &[HEAD, SCAN],
            &[HEAD, SCAN, &END[..2]],
            &[&HEAD[..8]],
            &[],
        ] {
            assert!(!whole(broken), "{broken:?}");
        }
    }
}
