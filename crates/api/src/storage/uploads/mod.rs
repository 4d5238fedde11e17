//! `/api/v1/storage/uploads`: files that come in parts, as tus 1.0 has them.

mod append_upload;
mod create_upload;
mod delete_upload;
mod get_upload;
mod metadata_header;
mod method_override;
mod options;
mod protocol;
mod routes;
mod take_in;

pub(super) use routes::configure;
