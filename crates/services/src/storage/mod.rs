//! Files: buckets, what is kept in them, and who may read and write it.
//!
//! Octets lie in the object store as blobs that never change, under ids that nobody chooses. A file
//! is a row that stands for a blob. Writing a file makes a new blob first and then, in one unit of
//! work, lets the row stand for it, counts it against the bucket's quota, and gives the old blob up.
//! A blob has a row before its first octet is written and until its last one is removed, so that
//! whatever a process that died left behind is found and removed by [`StorageService::sweep`].

mod access;
mod blob;
mod condition;
mod copy_file;
mod create_bucket;
mod delete_bucket;
mod delete_file;
mod deletions;
mod direct_uploads;
mod download;
mod erase;
mod error;
mod get_bucket;
mod hooks;
mod list_buckets;
mod list_files;
mod lost_files;
mod mend;
mod move_file;
mod place;
mod redirect_download;
mod revoke_urls;
mod scan_file;
mod service;
mod sign_url;
mod sniff;
mod stray_objects;
mod sweep;
mod sweep_all;
mod update_bucket;
mod update_file;
mod upload;
mod uploads;
mod usage;

pub use condition::Condition;
pub use copy_file::Copying;
pub(crate) use create_bucket::AVATAR_BUCKET;
pub use create_bucket::NewBucket;
pub use deletions::{DeleteFiles, NewDeletion};
pub use direct_uploads::{DirectOffer, NewDirect};
pub(crate) use erase::erase_files;
pub use error::StorageError;
pub use get_bucket::SeenBucket;
pub use hooks::{FILE_CREATED_JOB, FILE_DELETED_JOB, FILE_SCAN_JOB, FileEvent, FileHooks};
pub use lost_files::LostFile;
pub use mend::Mended;
pub use place::Placed;
pub(crate) use place::bury;
pub use redirect_download::GivenOut;
pub use scan_file::ScanFile;
pub use service::{StoragePorts, StorageService, StorageSettings};
pub use sign_url::{SignedMethod, SignedUrl, UrlKey, UrlRequest};
pub use sweep::Swept;
pub use sweep_all::{SweepOptions, SweepReport};
pub use update_bucket::BucketChanges;
pub use update_file::FileChanges;
pub use upload::{NewUpload, Upload};
pub use uploads::{Appending, NewPart, NewResumable, PartChecksum};
pub use usage::BucketUsage;
