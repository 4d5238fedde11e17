//! Pictures of users.

pub(super) mod delete_avatar;
mod error;
pub(super) mod get_avatar;
pub(super) mod put_avatar;
mod receive;

pub use get_avatar::AVATAR_ADDRESS;
