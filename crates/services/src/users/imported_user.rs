//! An account as another system describes it.

use mainstay_domain::{
    Email, InvalidValue, Locale, PersonName, RoleName, Timestamp, User, UserId, UserStatus, Username,
};

use super::create::with_user_role;

/// An account to take over. What is none is not known.
#[derive(Clone)]
pub struct ImportedUser {
    /// Identity, if it is to be kept.
    pub id: Option<UserId>,
    /// Address.
    pub email: Email,
    /// Login name.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
    /// Preferred language.
    pub locale: Option<Locale>,
    /// Where the picture is.
    pub avatar_url: Option<String>,
    /// Whether the owner has proved to read mail there.
    pub email_verified: bool,
    /// `active`, `disabled` or `invited`.
    pub status: UserStatus,
    /// Roles to hold besides `user`.
    pub roles: Vec<RoleName>,
    /// The hash of the password, as the other system wrote it.
    pub password_hash: Option<String>,
    /// When the account was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// When its owner last logged in.
    pub last_login_at: Option<Timestamp>,
}

/// Without the hash, which can be tried offline, and without names.
impl std::fmt::Debug for ImportedUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportedUser")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which field.
    pub field: &'static str,
    /// Why.
    pub reason: InvalidValue,
}

impl Refusal {
    /// A refusal of `field`.
    #[must_use]
    pub const fn new(field: &'static str, code: &'static str, message: &'static str) -> Self {
        let reason = InvalidValue::new(code, message);
        Self { field, reason }
    }
}

impl ImportedUser {
    /// What is wrong with the row itself.
    pub(super) fn refusals(&self, now: Timestamp) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if self.id.is_some_and(|id| id.uuid().is_nil()) {
            refusals.push(Refusal::new("id", "INVALID_ID", "must not be the nil UUID"));
        }
        if self.status == UserStatus::Deleted {
            refusals.push(Refusal::new(
                "status",
                "INVALID_STATUS",
                "must be active, disabled or invited",
            ));
        }
        for (field, time) in [
            ("created_at", self.created_at),
            ("updated_at", self.updated_at),
            ("last_login_at", self.last_login_at),
        ] {
            if time.is_some_and(|time| time.timestamp() <= 0 || time > now) {
                refusals.push(Refusal::new(
                    field,
                    "INVALID_TIME",
                    "must be after 1970 and not in the future",
                ));
            }
        }
        refusals
    }

    /// Sorted, and with the role everybody holds.
    pub(super) fn all_roles(&self) -> Vec<RoleName> {
        with_user_role(self.roles.clone())
    }
}

/// The fields in which a row and an account differ. What owners change by using the account
/// does not count: its hash, which is upgraded at the first login, and the times of the last
/// login and of the last change.
pub(super) fn differences(row: &ImportedUser, user: &User) -> Vec<&'static str> {
    let fields = [
        ("id", row.id.is_some_and(|id| id != user.id)),
        ("username", row.username != user.username),
        ("first_name", row.first_name != user.first_name),
        ("last_name", row.last_name != user.last_name),
        ("locale", row.locale != user.locale),
        ("avatar_url", row.avatar_url != user.avatar_url),
        ("email_verified", row.email_verified != user.email_verified),
        ("status", row.status != user.status),
        ("roles", row.all_roles() != user.roles),
        (
            "created_at",
            row.created_at.is_some_and(|at| at != user.created_at),
        ),
    ];
    let differing = fields.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(field, _)| field).collect()
}

/// Whether an account is what a row describes.
pub(super) fn same_account(row: &ImportedUser, user: &User) -> bool {
    differences(row, user).is_empty()
}
