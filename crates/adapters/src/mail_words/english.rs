//! The built-in mails in English.

use super::built_in::{BuiltIn, Language};

const NOT_YOU: &str = "If this was not you, change your password at once and end all sessions.";
const IGNORE: &str = "If you did not ask for this, you can ignore this mail; nothing will change.";
const EXPIRES: &str = "The link works once, for {{ expires_minutes|span }}.\n\n\
    If you did not ask for this, you can ignore this mail; nothing will change.";

pub(super) const ENGLISH: Language = Language {
    locale: "en",
    greeting: "Hello{% if name %} {{ name }}{% endif %},",
    footer: "This mail was sent by {{ product }} because of your account there.",
    code: "Or enter this code:",
    units: [("minute", "minutes"), ("hour", "hours"), ("day", "days")],
    mails: &[
        BuiltIn {
            name: "verify_email",
            subject: "Confirm your address",
            before: "please confirm that this address is yours.",
            action: "Confirm address",
            after: EXPIRES,
        },
        BuiltIn {
            name: "sign_in_link",
            subject: "Your sign-in link",
            before: "here is your link to sign in to {{ product }}.",
            action: "Sign in",
            after: "Link and code work once, for {{ expires_minutes|span }}. Nobody from {{ product }} will ever \
                ask you for the code.\n\nIf you did not ask for this, you can ignore this mail.",
        },
        BuiltIn {
            name: "reset_password",
            subject: "Choose a new password",
            before: "somebody, hopefully you, asked for a new password for your account.",
            action: "Choose a new password",
            after: EXPIRES,
        },
        BuiltIn {
            name: "password_changed",
            subject: "Your password was changed",
            before: "the password of your account was changed.",
            action: "",
            after: "If this was not you, ask for a new password at once.",
        },
        BuiltIn {
            name: "email_change_confirm",
            subject: "Confirm your new address",
            before: "please confirm that this is to be the new address of your account.",
            action: "Confirm new address",
            after: EXPIRES,
        },
        BuiltIn {
            name: "email_changed_notice",
            subject: "The address of your account changes",
            before: "the address of your account is being changed to {{ new_email }}.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "already_registered",
            subject: "You already have an account",
            before: "somebody, hopefully you, tried to register with this address. You already have an account; \
                no other was made.",
            action: "Sign in, or choose a new password",
            after: IGNORE,
        },
        BuiltIn {
            name: "invitation",
            subject: "You are invited to {{ product }}",
            before: "{% if inviter %}{{ inviter }} invites{% else %}you are invited{% endif %} \
                {% if inviter %}you {% endif %}to {{ product }}.",
            action: "Accept the invitation",
            after: "The link works once, for {{ expires_minutes|span }}.",
        },
        BuiltIn {
            name: "new_sign_in",
            subject: "New sign-in to your account",
            before: "your account was signed in to from a device that we have not seen before.\
                {% if device %}\n\nDevice: {{ device }}{% endif %}{% if ip %}\n\nAddress: {{ ip }}{% endif %}\
                {% if at %}\n\nTime: {{ at }}{% endif %}",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_enabled",
            subject: "Two-step sign-in was set up",
            before: "a second step ({{ method }}) was added to signing in to your account.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_disabled",
            subject: "Two-step sign-in was changed",
            before: "a second step ({{ method }}) was removed from signing in to your account.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_reset_by_admin",
            subject: "Two-step sign-in was reset",
            before: "an administrator removed every second step of signing in to your account. Your password still \
                is the same. Please set up a second step anew.",
            action: "",
            after: "If you did not ask for this, tell an administrator at once.",
        },
        BuiltIn {
            name: "recovery_code_used",
            subject: "A recovery code was used",
            before: "a recovery code was used to sign in to your account. You have {{ remaining }} left.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "recovery_codes_low",
            subject: "Few recovery codes are left",
            before: "you have only {{ remaining }} recovery codes left. Make new ones before they run out.",
            action: "",
            after: "",
        },
        BuiltIn {
            name: "api_key_created",
            subject: "An API key was made",
            before: "an API key called {{ key_name }} was made for your account.",
            action: "",
            after: "If this was not you, delete the key and change your password at once.",
        },
        BuiltIn {
            name: "account_deleted",
            subject: "Your account was deleted",
            before: "your account was deleted. Everything in it will be erased in {{ grace_days }} days.",
            action: "",
            after: "If this was not you, tell us before then.",
        },
        BuiltIn {
            name: "identity_linked",
            subject: "A new way to sign in",
            before: "your account at {{ provider }} can now be used to sign in.",
            action: "",
            after: NOT_YOU,
        },
    ],
};
