//! `/api/v1/users`.

mod create;
mod delete;
mod get;
mod import;
mod list;
mod me;
mod reset_mfa;
mod sessions;
mod set_roles;
mod set_status;
mod update;
