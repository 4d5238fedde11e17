//! Which mails there are.

use std::{borrow::Cow, fmt};

use mainstay_domain::InvalidValue;

/// Names a mail. Its text is looked up by this name, in the language of whom it is for.
///
/// A product adds its own: `const SHARED: MailTemplate = MailTemplate::new("note_shared")`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailTemplate(Cow<'static, str>);

/// Defines the built-in templates: the constant, the name and the values that its text needs.
macro_rules! templates {
    ($($(#[$doc:meta])* $constant:ident => $name:literal [$($value:literal),*],)+) => {
        impl MailTemplate {
            $($(#[$doc])* pub const $constant: Self = Self::new($name);)+

            /// Every template of Mainstay's own, with the values that its text needs.
            pub const BUILT_IN: &'static [(Self, &'static [&'static str])] =
                &[$((Self::$constant, &[$($value),*]),)+];
        }
    };
}

templates! {
    /// Confirm the address of an account.
    VERIFY_EMAIL => "verify_email" ["link", "expires_minutes"],
    /// Log in by a link, or by the six digits of `code`.
    SIGN_IN_LINK => "sign_in_link" ["link", "code", "expires_minutes"],
    /// Choose a new password.
    RESET_PASSWORD => "reset_password" ["link", "expires_minutes"],
    /// The password was changed or reset.
    PASSWORD_CHANGED => "password_changed" [],
    /// Confirm a new address; to that address.
    EMAIL_CHANGE_CONFIRM => "email_change_confirm" ["link", "expires_minutes"],
    /// The address was, or is about to be, changed to `new_email`; to the old address.
    EMAIL_CHANGED_NOTICE => "email_changed_notice" ["new_email"],
    /// Somebody tried to register with the address of an account that exists.
    ALREADY_REGISTERED => "already_registered" ["link"],
    /// Somebody was invited.
    INVITATION => "invitation" ["link", "expires_minutes"],
    /// A login from a device that was not seen before.
    NEW_SIGN_IN => "new_sign_in" [],
    /// A second factor, named by `method`, was added.
    MFA_ENABLED => "mfa_enabled" ["method"],
    /// A second factor, named by `method`, was removed.
    MFA_DISABLED => "mfa_disabled" ["method"],
    /// An administrator removed all second factors.
    MFA_RESET_BY_ADMIN => "mfa_reset_by_admin" [],
    /// A recovery code was used; `remaining` are left.
    RECOVERY_CODE_USED => "recovery_code_used" ["remaining"],
    /// Only `remaining` recovery codes are left.
    RECOVERY_CODES_LOW => "recovery_codes_low" ["remaining"],
    /// An API key called `key_name` was made.
    API_KEY_CREATED => "api_key_created" ["key_name"],
    /// The account was deleted; it can be restored for `grace_days`.
    ACCOUNT_DELETED => "account_deleted" ["grace_days"],
    /// An identity at `provider` was linked to the account.
    IDENTITY_LINKED => "identity_linked" ["provider"],
}

impl MailTemplate {
    /// A template as a constant; [`MailTemplate::parse`] tells what a name may look like.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Parses a name: lower-case letters, digits and `_`, at most 64 octets. It is the name of
    /// a file, too.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_MAIL_TEMPLATE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if raw.is_empty() || raw.len() > 64 || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_MAIL_TEMPLATE",
                "must be a name such as verify_email",
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

impl fmt::Display for MailTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
