//! The port of whoever keeps something about persons.

use async_trait::async_trait;
use mainstay_domain::{Page, PageRequest, UserId};
use serde_json::Value;

use crate::Failure;

/// One kind of data that is held about users. Mainstay's own kinds and those of a product stand
/// in one list.
#[async_trait]
pub trait PersonalData: Send + Sync {
    /// Its name in the export, such as `notes`.
    fn section(&self) -> &'static str;

    /// A page of what is held about a user, as JSON objects without secrets.
    ///
    /// # Errors
    /// [`Failure`].
    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure>;

    /// Removes what no foreign key removes together with the user: files, rows elsewhere. It is
    /// called when the grace period of a deleted account has ended, before the user goes, and
    /// again if it fails; so it must bear being called twice.
    ///
    /// # Errors
    /// [`Failure`]; the user stays until it works.
    async fn erase(&self, _user: UserId) -> Result<(), Failure> {
        Ok(())
    }
}
