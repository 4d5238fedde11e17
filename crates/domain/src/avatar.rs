//! Avatars: the pictures that users show of themselves.

use std::ops::Range;

use crate::{AvatarId, BlobId, MediaType, Timestamp, UserId};

/// How large an avatar is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AvatarSize {
    /// 64 pixels.
    Px64,
    /// 128 pixels.
    Px128,
    /// 256 pixels.
    Px256,
    /// 512 pixels.
    Px512,
}

impl AvatarSize {
    /// Every size, the smallest first.
    pub const ALL: [Self; 4] = [Self::Px64, Self::Px128, Self::Px256, Self::Px512];

    /// Pixels of an edge.
    #[must_use]
    pub const fn edge(self) -> u32 {
        match self {
            Self::Px64 => 64,
            Self::Px128 => 128,
            Self::Px256 => 256,
            Self::Px512 => 512,
        }
    }

    /// The size whose edge has so many pixels.
    #[must_use]
    pub fn from_edge(edge: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.edge() == edge)
    }
}

/// A picture of a user. It never changes: another picture is another avatar, with another id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// Identity, which nobody can guess: whoever knows it may see the picture.
    pub id: AvatarId,
    /// Whose it is.
    pub user_id: UserId,
    /// Its octets: every size, one behind the other.
    pub blob: BlobId,
    /// What they are.
    pub media_type: MediaType,
    /// Octets of each size of [`AvatarSize::ALL`]. None of one that the picture is too small for; the
    /// size before it is as large as it gets.
    pub lengths: [i64; 4],
    /// When it was set.
    pub created_at: Timestamp,
}

impl Avatar {
    /// Which octets of the blob show the picture in this size, or in the next one below that it has.
    #[must_use]
    pub fn octets(&self, size: AvatarSize) -> Range<u64> {
        let mut found = 0..0;
        for (each, length) in AvatarSize::ALL.into_iter().zip(self.lengths) {
            if each <= size && length > 0 {
                found = found.end..found.end + length.unsigned_abs();
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn avatar(lengths: [i64; 4]) -> Avatar {
        let id = uuid::Uuid::nil();
        Avatar {
            id: AvatarId(id),
            user_id: UserId(id),
            blob: BlobId(id),
            media_type: MediaType::octet_stream(),
            lengths,
            created_at: Timestamp::default(),
        }
    }

    #[test]
    fn every_size_lies_behind_the_one_that_is_smaller() {
        let avatar = avatar([10, 20, 40, 80]);
        let octets = AvatarSize::ALL.map(|size| avatar.octets(size));
        assert_eq!(octets, [0..10, 10..30, 30..70, 70..150]);
    }

    #[test]
    fn a_size_that_a_picture_does_not_have_is_the_largest_below() {
        let avatar = avatar([10, 20, 0, 0]);
        assert_eq!(avatar.octets(AvatarSize::Px64), 0..10);
        for size in [AvatarSize::Px128, AvatarSize::Px256, AvatarSize::Px512] {
            assert_eq!(avatar.octets(size), 10..30);
        }
    }

    #[test]
    fn only_the_four_sizes_are_sizes_of_an_avatar() {
        for size in AvatarSize::ALL {
            assert_eq!(AvatarSize::from_edge(size.edge()), Some(size));
        }
        assert_eq!(AvatarSize::from_edge(100), None);
    }
}
