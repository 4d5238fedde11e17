//! Passkeys (Web Authentication, Level 3).

use crate::{FactorName, InvalidValue, PasskeyId, Timestamp, UserId};

/// Longest id of a credential, in octets (WebAuthn section 5.8.3).
const MAX_CREDENTIAL_ID: usize = 1023;

/// What an authenticator calls a credential. It is no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebauthnId(Vec<u8>);

impl WebauthnId {
    /// Takes 1 to 1023 octets.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_CREDENTIAL_ID`.
    pub fn new(octets: Vec<u8>) -> Result<Self, InvalidValue> {
        if (1..=MAX_CREDENTIAL_ID).contains(&octets.len()) {
            return Ok(Self(octets));
        }
        Err(InvalidValue::new(
            "INVALID_CREDENTIAL_ID",
            "must be 1 to 1023 octets",
        ))
    }

    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// A public key credential of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Identity.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: FactorName,
    /// What the authenticator calls it; nobody else's has the same.
    pub credential_id: WebauthnId,
    /// The public key as a `COSE_Key` (RFC 9052), as the authenticator gave it.
    pub public_key: Vec<u8>,
    /// How often the authenticator said it was used; 0 from those that do not count.
    pub sign_count: i64,
    /// Ways to reach the authenticator, such as `internal` or `usb`, comma-separated.
    pub transports: String,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it was so copied when last seen.
    pub backed_up: bool,
    /// Whether it opens the account by itself; else it is a second factor and nothing more.
    pub passwordless: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// What a use of a passkey tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyUse {
    /// The authenticator's count of uses.
    pub sign_count: i64,
    /// Whether the passkey is on other devices, too.
    pub backed_up: bool,
    /// When it was used.
    pub at: Timestamp,
}
