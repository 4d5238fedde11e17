//! Identifiers: UUIDv7 (RFC 9562), one type a noun so that they cannot be mixed up.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::InvalidValue;

/// Defines a newtype over [`Uuid`] with parsing and display.
macro_rules! define_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(raw: &str) -> Result<Self, InvalidValue> {
                Uuid::try_parse(raw)
                    .map(Self)
                    .map_err(|_| InvalidValue::new("INVALID_ID", "must be a UUID"))
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
    /// Identifies an audit event.
    AuditEventId
);
