//! Files that come in parts, so that whoever is cut off goes on where they were.
//!
//! Every part is a blob of its own, whose row stays `writing` for all its life: what is given up is
//! swept like any upload that broke off. The last octet counts only when the file is there, in the
//! same unit of work: until then the upload asks for it, and a client that resumes sends it again.

mod append_upload;
mod complete_upload;
mod create_upload;
mod delete_upload;
mod get_upload;

pub(super) use append_upload::Whole;
pub use append_upload::{Appending, NewPart, PartChecksum};
pub(super) use complete_upload::new_upload;
pub use create_upload::NewResumable;
