//! Which users to list, and in which order.

use crate::{PageRequest, Position, RoleName, SortValue, Timestamp, User, UserStatus};

/// Columns users can be sorted by; each has an index with the id behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// Time of creation.
    #[default]
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
    /// Address key, in the order of its octets.
    Email,
    /// Time of the last login; users who never logged in count as 1970.
    LastLoginAt,
}

impl UserSort {
    /// Where `user` stands in a list sorted this way.
    #[must_use]
    pub fn position(self, user: &User) -> Position {
        let value = match self {
            Self::CreatedAt => SortValue::Micros(user.created_at.timestamp_micros()),
            Self::UpdatedAt => SortValue::Micros(user.updated_at.timestamp_micros()),
            Self::Email => SortValue::Text(user.email.key().to_owned()),
            Self::LastLoginAt => SortValue::Micros(user.last_login_at.map_or(0, |at| at.timestamp_micros())),
        };
        Position {
            value,
            id: user.id.uuid(),
        }
    }
}

/// Conditions a listed user must meet, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Text somewhere in address or names, without regard to case; `%` and `_` are literal.
    pub text: Option<String>,
    /// Only this status. Without it deleted users are left out.
    pub status: Option<UserStatus>,
    /// Only holders of this role.
    pub role: Option<RoleName>,
    /// Only verified, or only unverified, addresses.
    pub email_verified: Option<bool>,
    /// Created at or after.
    pub created_since: Option<Timestamp>,
    /// Created before.
    pub created_until: Option<Timestamp>,
}

/// A list of users: conditions, order and page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserQuery {
    /// Conditions.
    pub filter: UserFilter,
    /// Sorted column.
    pub sort: UserSort,
    /// Largest first.
    pub descending: bool,
    /// Which page.
    pub page: PageRequest,
}
