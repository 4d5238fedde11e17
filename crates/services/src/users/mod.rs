//! Users: one's own profile, the administration of others, and accounts in bulk.

mod avatars;
mod create;
mod delete;
mod error;
mod export;
mod get;
mod import;
mod imported_user;
mod invite;
mod list;
mod reset_mfa;
mod seen;
mod service;
mod sessions;
mod set_roles;
mod set_status;
mod transfer;
mod update;

pub use avatars::{AvatarError, AvatarPorts, AvatarService, AvatarSettings};
pub(crate) use avatars::{avatar_key, erase_avatar};
pub use create::NewUser;
pub use error::UsersError;
pub use export::{ExportedUser, UserExport};
pub use import::{ImportOptions, Imported, UserImport};
pub use imported_user::{ImportedUser, Refusal};
pub use service::{UserPorts, UserService};
pub use transfer::UserTransfer;
pub use update::{Change, ProfileChanges};
