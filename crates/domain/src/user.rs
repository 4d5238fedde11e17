//! Users.

use std::{fmt, str::FromStr};

use crate::{Email, InvalidValue, Locale, PersonName, RoleName, Timestamp, UserId, Username};

/// Counts the changes of an entity; the basis of `ETag` and of optimistic locking.
pub type Version = i64;

/// Where an account stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserStatus {
    /// May log in.
    Active,
    /// Switched off by an administrator.
    Disabled,
    /// Made by an administrator; has no way to log in yet.
    Invited,
    /// Deleted, kept until the grace period ends.
    Deleted,
}

impl UserStatus {
    /// Every status, in the order the API lists them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Disabled, Self::Invited, Self::Deleted];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Invited => "invited",
            Self::Deleted => "deleted",
        }
    }
}

impl fmt::Display for UserStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UserStatus {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == raw)
            .ok_or(InvalidValue::new(
                "INVALID_STATUS",
                "must be active, disabled, invited or deleted",
            ))
    }
}

/// An account holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identity, UUIDv7: sorts by creation.
    pub id: UserId,
    /// Address, unique by its key.
    pub email: Email,
    /// Optional login name, unique by its key.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
    /// Preferred language.
    pub locale: Option<Locale>,
    /// Where the picture is.
    pub avatar_url: Option<String>,
    /// Whether the owner has proved to read mail at `email`.
    pub email_verified: bool,
    /// Where the account stands.
    pub status: UserStatus,
    /// Roles held, sorted by name.
    pub roles: Vec<RoleName>,
    /// Goes up by one with every change, roles included; a login is no change.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When its owner last logged in.
    pub last_login_at: Option<Timestamp>,
    /// When it was deleted; the grace period counts from here.
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// A new account: unverified, version 1, no roles.
    #[must_use]
    pub fn new(id: UserId, email: Email, status: UserStatus, now: Timestamp) -> Self {
        Self {
            id,
            email,
            username: None,
            first_name: None,
            last_name: None,
            locale: None,
            avatar_url: None,
            email_verified: false,
            status,
            roles: Vec::new(),
            version: 1,
            created_at: now,
            updated_at: now,
            last_login_at: None,
            deleted_at: None,
        }
    }

    /// Whether the account may log in and act.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// Whether the user holds `role`.
    #[must_use]
    pub fn has_role(&self, role: &RoleName) -> bool {
        self.roles.contains(role)
    }

    /// Lower-cased text an administrator's search looks in: address, in both spellings if its
    /// host name has two, and names.
    #[must_use]
    pub fn search_text(&self) -> String {
        let names = [
            self.username.as_ref().map(Username::as_str),
            self.first_name.as_ref().map(PersonName::as_str),
            self.last_name.as_ref().map(PersonName::as_str),
        ];
        let mut text = self.email.key().to_owned();
        let written = self.email.as_str().to_lowercase();
        if written != text {
            text.push(' ');
            text.push_str(&written);
        }
        for name in names.into_iter().flatten() {
            text.push(' ');
            text.push_str(&name.to_lowercase());
        }
        text
    }
}
