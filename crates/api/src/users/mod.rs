//! `/api/v1/users`: one's own profile, and the administration of others.

mod avatars;
mod create;
mod delete;
mod error;
mod export;
mod get;
mod invite;
mod list;
mod me;
mod my_audit;
mod my_permissions;
mod privacy_error;
mod profile_body;
mod reset_mfa;
mod routes;
mod sessions;
mod set_roles;
mod set_status;
mod update;
mod user_body;

pub use avatars::AVATAR_ADDRESS;
pub use routes::configure;
pub(crate) use user_body::{UserBody, user_etag};
