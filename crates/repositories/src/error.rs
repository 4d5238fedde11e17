//! Failures of a store.

/// Names of the unique constraints a [`RepositoryError::Conflict`] can carry.
pub mod constraint {
    /// Two users with one address.
    pub const USERS_EMAIL: &str = "users_email_key";
    /// Two users with one user name.
    pub const USERS_USERNAME: &str = "users_username_key";
    /// Two passkeys with one credential.
    pub const PASSKEYS_CREDENTIAL: &str = "passkeys_credential_id";
    /// Two roles with one name.
    pub const ROLES_NAME: &str = "roles_name";
    /// Two links of one identity.
    pub const IDENTITIES_SUBJECT: &str = "identities_issuer_subject";
    /// Two buckets with one name.
    pub const BUCKETS_NAME: &str = "buckets_name";
    /// Two files of one bucket with one key.
    pub const FILES_KEY: &str = "files_bucket_id_key";
    /// Two avatars of one user.
    pub const AVATARS_USER: &str = "avatars_user_id";
    /// A reference to something that is not there, or the removal of something referred to.
    pub const REFERENCE: &str = "reference";
    /// Any other primary key or unique constraint.
    pub const OTHER: &str = "unique";
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// A unique or foreign-key constraint stands against it.
    #[error("conflict with {constraint}")]
    Conflict {
        /// One of the names in [`constraint`], or a product's own.
        constraint: String,
    },
    /// The store cannot be reached, is overloaded, or gave up on a deadlock; trying again may help.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A stored row breaks a rule of the domain.
    #[error("row {id} of {table} is corrupt")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which row.
        id: String,
    },
    /// Anything else; a defect. The text is for logs, never for clients.
    #[error("the store failed: {0}")]
    Backend(String),
}

impl RepositoryError {
    /// Whether this is a conflict with `constraint`.
    #[must_use]
    pub fn is_conflict(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }
}
