//! `/api/v1/storage/buckets/{bucket}/direct-uploads`: files that go to the object store without passing
//! through this server.

mod complete_direct_upload;
mod create_direct_upload;
mod delete_direct_upload;
mod routes;

pub(super) use routes::configure;
