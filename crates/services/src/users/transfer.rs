//! Accounts in and out in bulk; for whoever has a shell on the server.

use std::sync::Arc;

use mainstay_repositories::Store;

use crate::ports::{Clock, Entropy, PasswordHasher};

/// Takes accounts over from other systems, and hands them out.
pub struct UserTransfer {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Knows which hashes can be compared.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}
