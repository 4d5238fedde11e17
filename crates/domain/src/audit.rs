//! The audit log: every security event, append-only.

use std::{fmt, net::IpAddr};

use crate::{ApiKeyId, AuditEventId, PageRequest, Principal, ProductKind, Timestamp, UserId};

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Client address, after trusted proxies.
    pub ip: Option<IpAddr>,
    /// `User-Agent`, at most 255 characters of it.
    pub user_agent: Option<String>,
    /// Correlation id of the request.
    pub request_id: Option<String>,
}

/// Defines [`AuditKind`] and its names in one table.
macro_rules! audit_kinds {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)+) => {
        /// What happened. Names are stable and part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditKind {
            $($(#[$doc])* $variant,)+
            /// A kind of a product's own; see [`AuditKind::product`].
            Product(ProductKind),
        }

        impl AuditKind {
            /// Every kind of Mainstay's own.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in the API and the database.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Product(kind) => kind.as_str(),
                }
            }

            pub(crate) const NAMES: &'static [&'static str] = &[$($name,)+];
        }
    };
}

audit_kinds! {
    /// An account was registered by its owner.
    UserRegistered => "user.registered",
    /// An account was made by an administrator or the command line.
    UserCreated => "user.created",
    /// A profile was changed.
    UserUpdated => "user.updated",
    /// An account was switched off.
    UserDisabled => "user.disabled",
    /// An account was switched on.
    UserEnabled => "user.enabled",
    /// An account was deleted; its grace period began.
    UserDeleted => "user.deleted",
    /// A user's roles were changed.
    UserRolesChanged => "user.roles_changed",
    /// A user's avatar was removed by somebody else.
    UserAvatarRemoved => "user.avatar_removed",
    /// Accounts were taken over from another system.
    UsersImported => "users.imported",
    /// All accounts were handed out.
    UsersExported => "users.exported",
    /// A login succeeded.
    LoginSucceeded => "auth.login_succeeded",
    /// A login failed.
    LoginFailed => "auth.login_failed",
    /// A first factor was right and a second one is asked for.
    SecondFactorAwaited => "auth.second_factor_awaited",
    /// A second factor was not proved.
    SecondFactorFailed => "auth.second_factor_failed",
    /// A second factor was added.
    FactorAdded => "auth.factor_added",
    /// A second factor was removed by its owner.
    FactorRemoved => "auth.factor_removed",
    /// New recovery codes were made.
    RecoveryCodesMade => "auth.recovery_codes_made",
    /// A recovery code was used.
    RecoveryCodeUsed => "auth.recovery_code_used",
    /// Every second factor was removed by an administrator.
    MfaReset => "auth.mfa_reset",
    /// A passkey's count of uses went back: there may be a copy of it.
    PasskeyCopySuspected => "auth.passkey_copy_suspected",
    /// Somebody proved again who they are.
    Reauthenticated => "auth.reauthenticated",
    /// Somebody failed to prove again who they are.
    ReauthenticationFailed => "auth.reauthentication_failed",
    /// A login was refused for too many tries.
    LoginThrottled => "auth.login_throttled",
    /// A session was ended.
    SessionRevoked => "auth.session_revoked",
    /// All sessions of a user were ended.
    SessionsRevoked => "auth.sessions_revoked",
    /// A refresh token was used twice outside the replay window.
    RefreshReused => "auth.refresh_reused",
    /// A password was changed by its owner.
    PasswordChanged => "auth.password_changed",
    /// A change of password was refused for a wrong current one.
    PasswordChangeFailed => "auth.password_change_failed",
    /// A password was replaced with a mailed link.
    PasswordReset => "auth.password_reset",
    /// An address was proved with a mailed link.
    EmailVerified => "auth.email_verified",
    /// An owner asked for another address.
    EmailChangeRequested => "auth.email_change_requested",
    /// An account moved to another address.
    EmailChanged => "auth.email_changed",
    /// Somebody took up an account that was made for them.
    InvitationAccepted => "auth.invitation_accepted",
    /// An administrator had an invitation mailed.
    InvitationSent => "user.invitation_sent",
    /// An administrator had a link to choose a new password mailed.
    PasswordResetSent => "user.password_reset_sent",
    /// An identity at another provider was linked to an account.
    IdentityLinked => "auth.identity_linked",
    /// An identity at another provider was taken from an account.
    IdentityUnlinked => "auth.identity_unlinked",
    /// Whoever proved the address of an account that never had done so took it over; everything
    /// that opened it before is void.
    AccountClaimed => "auth.account_claimed",
    /// The first administrator was made.
    FirstAdminCreated => "auth.first_admin_created",
    /// An API key was made.
    ApiKeyCreated => "auth.api_key_created",
    /// An API key got another name.
    ApiKeyRenamed => "auth.api_key_renamed",
    /// An API key was ended by its owner.
    ApiKeyRevoked => "auth.api_key_revoked",
    /// A new key to sign access tokens with was made.
    SigningKeyRotated => "auth.signing_key_rotated",
    /// A role was made.
    RoleCreated => "role.created",
    /// A role's description or permissions were changed.
    RoleUpdated => "role.updated",
    /// A role was deleted.
    RoleDeleted => "role.deleted",
    /// Somebody fetched everything that is held about them.
    UserExported => "user.exported",
    /// The grace period of a deleted account ended: it and its personal data were removed.
    UserPurged => "user.purged",
    /// Audit events were written to a file.
    AuditExported => "audit.exported",
    /// Audit events whose retention had ended were removed.
    AuditPruned => "audit.pruned",
    /// The chain of the audit log was sealed anew under another key.
    AuditResealed => "audit.resealed",
    /// What a process logs was changed for a while.
    LogLevelChanged => "system.log_level_changed",
    /// A bucket was made.
    BucketCreated => "storage.bucket_created",
    /// The rules of a bucket were changed.
    BucketUpdated => "storage.bucket_updated",
    /// A bucket was deleted.
    BucketDeleted => "storage.bucket_deleted",
    /// A file was written anew, or moved, by somebody other than its owner.
    FileChanged => "storage.file_changed",
    /// A file was deleted by somebody other than its owner.
    FileDeleted => "storage.file_deleted",
    /// A scan found malware in a file; nobody gets it.
    FileInfected => "storage.file_infected",
    /// A URL that works without logging in was signed.
    SignedUrlMade => "storage.signed_url_made",
    /// All signed URLs of a bucket were made worthless.
    SignedUrlsRevoked => "storage.signed_urls_revoked",
}

impl fmt::Display for AuditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Identity, UUIDv7: sorts by time.
    pub id: AuditEventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: AuditKind,
    /// Who did it; none for strangers and the system.
    pub actor_id: Option<UserId>,
    /// The API key by which the actor did it; none for people who logged in.
    pub api_key_id: Option<ApiKeyId>,
    /// Which user it happened to.
    pub subject_id: Option<UserId>,
    /// Where it came from.
    pub origin: Origin,
    /// A word or two more (a role's name, a reason), never a secret; at most 255 characters.
    pub detail: Option<String>,
}

impl AuditEvent {
    /// The event as something `caller` did, with the API key if that is how they came.
    #[must_use]
    pub fn by(self, caller: &Principal) -> Self {
        Self {
            actor_id: Some(caller.user.id),
            api_key_id: caller.api_key().map(|key| key.id),
            ..self
        }
    }
}

/// Which events to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Only events of this kind.
    pub kind: Option<AuditKind>,
    /// Only what this user did.
    pub actor_id: Option<UserId>,
    /// Only what happened to this user.
    pub subject_id: Option<UserId>,
    /// Only events at or after this time.
    pub since: Option<Timestamp>,
    /// Only events before this time.
    pub until: Option<Timestamp>,
    /// Which page.
    pub page: PageRequest,
}
