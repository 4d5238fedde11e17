//! Avatars: the pictures that users show of themselves.
//!
//! What somebody sends is never given out. It is decoded, cut to squares and encoded anew, which
//! leaves behind whatever else was in the file. All sizes of a picture are one blob, with the same
//! life as that of a file: it has a row before its first octet is written, and the sweep of the
//! storage removes what no avatar stands for.

mod change;
mod delete_avatar;
mod erase;
mod error;
mod get_avatar;
mod put_avatar;
mod service;

pub(crate) use erase::erase_avatar;
pub use error::AvatarError;
pub(crate) use put_avatar::avatar_key;
pub use service::{AvatarPorts, AvatarService, AvatarSettings};
