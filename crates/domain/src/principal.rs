//! Who is calling.

use std::sync::Arc;

use crate::{ApiKey, ApiKeyId, Permission, PermissionSet, Session, SessionId, Timestamp, User};

/// What a caller proved who they are with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An access token of a login session: a person is there.
    Session(Session),
    /// An API key: a program acts for its owner, within the key's scopes.
    ApiKey(ApiKey),
}

/// Names a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialId {
    /// A session.
    Session(SessionId),
    /// An API key.
    ApiKey(ApiKeyId),
}

impl From<SessionId> for CredentialId {
    fn from(id: SessionId) -> Self {
        Self::Session(id)
    }
}

impl From<ApiKeyId> for CredentialId {
    fn from(id: ApiKeyId) -> Self {
        Self::ApiKey(id)
    }
}

impl From<Session> for Credential {
    fn from(session: Session) -> Self {
        Self::Session(session)
    }
}

impl From<ApiKey> for Credential {
    fn from(key: ApiKey) -> Self {
        Self::ApiKey(key)
    }
}

/// An authenticated caller: an active user, the living credential they came with, and what
/// that may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user, as stored.
    pub user: User,
    /// The session of the access token, or the API key.
    pub credential: Credential,
    /// Everything the user's roles grant; with an API key, what its scopes leave of that.
    pub permissions: Arc<PermissionSet>,
}

impl Principal {
    /// Whether the caller holds `permission`.
    #[must_use]
    pub fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// The session, if the caller is a person who logged in. Whatever changes what an account
    /// is protected by asks for one: an API key must not be able to outgrow itself.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        match &self.credential {
            Credential::Session(session) => Some(session),
            Credential::ApiKey(_) => None,
        }
    }

    /// The API key, if the caller is a program that was given one.
    #[must_use]
    pub const fn api_key(&self) -> Option<&ApiKey> {
        match &self.credential {
            Credential::Session(_) => None,
            Credential::ApiKey(key) => Some(key),
        }
    }

    /// Names the credential.
    #[must_use]
    pub const fn credential_id(&self) -> CredentialId {
        match &self.credential {
            Credential::Session(session) => CredentialId::Session(session.id),
            Credential::ApiKey(key) => CredentialId::ApiKey(key.id),
        }
    }

    /// Whether the credential may still be used at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        match &self.credential {
            Credential::Session(session) => session.is_alive(now),
            Credential::ApiKey(key) => key.is_alive(now),
        }
    }
}
