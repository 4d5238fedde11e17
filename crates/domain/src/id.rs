//! Identifiers: UUIDv7 (RFC 9562), one type a noun so that they cannot be mixed up.

/// Defines an id: a newtype over [`uuid::Uuid`] with parsing and display. A product defines its
/// own by it, and depends on the crate `uuid` then.
///
/// ```
/// mainstay_domain::define_id!(
///     /// Identifies a note.
///     NoteId
/// );
/// assert!("no id".parse::<NoteId>().is_err());
/// ```
#[macro_export]
macro_rules! define_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub ::uuid::Uuid);

        impl $name {
            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl From<::uuid::Uuid> for $name {
            fn from(id: ::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidValue;

            fn from_str(raw: &str) -> ::std::result::Result<Self, $crate::InvalidValue> {
                ::uuid::Uuid::try_parse(raw)
                    .map(Self)
                    .map_err(|_| $crate::InvalidValue::new("INVALID_ID", "must be a UUID"))
            }
        }
    };
}

define_id!(
    /// Identifies a user.
    UserId
);
define_id!(
    /// Identifies a login session, which is also a family of refresh tokens.
    SessionId
);
define_id!(
    /// Identifies an API key.
    ApiKeyId
);
define_id!(
    /// Identifies an audit event.
    AuditEventId
);
define_id!(
    /// Identifies the link between an account and an identity at another provider.
    IdentityId
);
define_id!(
    /// Identifies a job.
    JobId
);
define_id!(
    /// Identifies an authenticator app of a user.
    TotpFactorId
);
define_id!(
    /// Identifies a passkey.
    PasskeyId
);
define_id!(
    /// Identifies a bucket.
    BucketId
);
define_id!(
    /// Identifies a file.
    FileId
);
define_id!(
    /// Identifies the octets of a file.
    BlobId
);
define_id!(
    /// Identifies an avatar, and is all that its address consists of.
    AvatarId
);
define_id!(
    /// Identifies the deletion of many files.
    FileDeletionId
);
define_id!(
    /// Identifies a file that comes in parts.
    UploadId
);
