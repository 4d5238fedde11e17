//! Permissions: constants in code, granted by roles in the database.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use crate::InvalidValue;

/// A right to do one kind of thing, named `noun:verb`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(Cow<'static, str>);

impl Permission {
    /// List and read every user.
    pub const USERS_READ: Self = Self::new("users:read");
    /// Create, change, disable and delete users.
    pub const USERS_WRITE: Self = Self::new("users:write");
    /// Read roles and their permissions.
    pub const ROLES_READ: Self = Self::new("roles:read");
    /// Create, change and delete roles, and grant them to users.
    pub const ROLES_WRITE: Self = Self::new("roles:write");
    /// Read the audit log of everybody.
    pub const AUDIT_READ: Self = Self::new("audit:read");
    /// Look at queued jobs.
    pub const JOBS_READ: Self = Self::new("jobs:read");
    /// Have dead jobs tried again, and remove jobs.
    pub const JOBS_MANAGE: Self = Self::new("jobs:manage");
    /// Change how a running process works, such as what it logs.
    pub const SYSTEM_MANAGE: Self = Self::new("system:manage");
    /// Make, change and remove buckets, and make their signed URLs worthless.
    pub const STORAGE_BUCKETS: Self = Self::new("storage:buckets");
    /// Read every file.
    pub const STORAGE_READ_ALL: Self = Self::new("storage:read_all");
    /// Write, change, move and remove every file.
    pub const STORAGE_WRITE_ALL: Self = Self::new("storage:write_all");

    /// The permissions Mainstay itself asks for; a product adds its own.
    pub const BUILT_IN: [Self; 11] = [
        Self::USERS_READ,
        Self::USERS_WRITE,
        Self::ROLES_READ,
        Self::ROLES_WRITE,
        Self::AUDIT_READ,
        Self::JOBS_READ,
        Self::JOBS_MANAGE,
        Self::SYSTEM_MANAGE,
        Self::STORAGE_BUCKETS,
        Self::STORAGE_READ_ALL,
        Self::STORAGE_WRITE_ALL,
    ];

    /// A permission constant, e.g. `Permission::new("notes:write")`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Parses a name that came from outside: lower-case words joined by `:`, `-` or `_`,
    /// at most 64 octets. Whether anything asks for it is for the caller to check.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_PERMISSION`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ":-_".contains(c);
        if raw.is_empty() || raw.len() > 64 || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_PERMISSION",
                "must be a name such as users:read",
            ));
        }
        Ok(Self(Cow::Owned(raw.to_owned())))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of permissions, sorted by name.
pub type PermissionSet = BTreeSet<Permission>;
