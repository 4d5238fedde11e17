//! Roles: what they are called and what they grant.

mod create;
mod delete;
mod error;
mod get;
mod list;
mod service;
mod update;

pub use create::NewRole;
pub use error::RolesError;
pub use service::{RolePorts, RoleService};
pub use update::RoleChanges;
