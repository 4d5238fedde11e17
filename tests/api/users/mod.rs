//! `/api/v1/users`.

mod avatar;
mod create;
mod delete;
mod export;
mod get;
mod import;
mod list;
mod me;
mod my_permissions;
mod purge;
mod reset_mfa;
mod sessions;
mod set_roles;
mod set_status;
mod update;
