//! `/api/v1/storage/buckets/{bucket}/deletions`: deleting many files at once.

mod cancel_deletion;
mod create_deletion;
mod deletion_body;
mod get_deletion;
mod list_deletions;
mod routes;

pub(super) use routes::configure;
