//! SeaORM's view of the tables; it never leaves `sea`.

pub(super) mod api_keys;
pub(super) mod audit_chain;
pub(super) mod audit_events;
pub(super) mod audit_records;
pub(super) mod idempotency_keys;
pub(super) mod identities;
pub(super) mod jobs;
pub(super) mod one_time_tokens;
pub(super) mod passkeys;
pub(super) mod password_credentials;
pub(super) mod recovery_codes;
pub(super) mod role_permissions;
pub(super) mod roles;
pub(super) mod sessions;
pub(super) mod signing_keys;
pub(super) mod throttles;
pub(super) mod totp_factors;
pub(super) mod user_roles;
pub(super) mod users;
