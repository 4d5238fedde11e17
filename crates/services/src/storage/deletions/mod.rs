//! Deleting many files at once.

mod cancel_deletion;
mod create_deletion;
mod get_deletion;
mod list_deletions;
mod page;
mod run_deletion;

pub use create_deletion::NewDeletion;
pub use run_deletion::DeleteFiles;
