//! Users: one's own profile, and the administration of others.

mod create;
mod delete;
mod error;
mod get;
mod invite;
mod list;
mod reset_mfa;
mod service;
mod sessions;
mod set_roles;
mod set_status;
mod update;

pub use create::NewUser;
pub use error::UsersError;
pub use service::{UserPorts, UserService};
pub use update::{Change, ProfileChanges};
