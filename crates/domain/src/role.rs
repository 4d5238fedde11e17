//! Roles.

use std::fmt;

use crate::{InvalidValue, PermissionSet, Timestamp, Version};

/// The role that holds every permission; its last holder cannot be removed.
pub const ADMIN_ROLE: &str = "admin";
/// The role every new account gets.
pub const USER_ROLE: &str = "user";

/// The name of a role, its identity: 2 to 32 lower-case letters, digits, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

impl RoleName {
    /// Parses a role name.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_ROLE_NAME`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let first = raw.chars().next().is_some_and(|c| c.is_ascii_lowercase());
        if !(2..=32).contains(&raw.len()) || !first || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_ROLE_NAME",
                "must be 2 to 32 lower-case letters, digits, underscores or hyphens, beginning with a letter",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The built-in administrator role.
    #[must_use]
    pub fn admin() -> Self {
        Self(ADMIN_ROLE.to_owned())
    }

    /// The built-in role of every account.
    #[must_use]
    pub fn user() -> Self {
        Self(USER_ROLE.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Identity.
    pub name: RoleName,
    /// What it is for, in a sentence of at most 200 characters.
    pub description: String,
    /// What its holders may do. The `admin` role holds every permission there is,
    /// whatever is listed here.
    pub permissions: PermissionSet,
    /// Built-in roles can be neither changed nor deleted.
    pub built_in: bool,
    /// Goes up by one with every change.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
