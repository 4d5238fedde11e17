//! `/api/v1/storage`: buckets and files.

mod bucket_body;
mod copy_file;
mod create_bucket;
mod create_signed_url;
mod delete_bucket;
mod delete_file;
mod deletions;
mod digest_headers;
mod direct_uploads;
mod disposition;
mod error;
mod file_body;
mod get_bucket;
mod get_file;
mod list_buckets;
mod list_files;
mod metadata;
mod move_file;
mod names;
mod post_file;
mod public_file;
mod put_file;
mod ranges;
mod receive;
mod revoke_signed_urls;
mod routes;
mod serve;
mod signed_file;
mod update_bucket;
mod uploads;
mod usage;

pub(crate) use file_body::Octets;
pub(crate) use receive::{broke_off, patience, refuse_encoded};
pub use routes::configure;
pub(crate) use serve::is_head;
