//! Getting in, staying in and getting out: registration, sessions, tokens, passwords.

mod accept_invitation;
mod account_mail;
mod authenticate;
mod challenge;
mod change_email;
mod change_password;
mod create_admin;
mod error;
mod first_admin;
mod first_proof;
mod forgot_password;
mod guard;
mod issue;
mod link;
mod login;
mod logout;
mod mfa;
mod network;
mod oauth;
mod one_time_token;
mod passkeys;
mod quota;
mod refresh;
mod refresh_token;
mod register;
mod reset_password;
mod service;
mod sessions;
mod settings;
mod sign_in;
mod sign_in_mail;
mod verify_email;

pub use account_mail::AccountMailWriter;
pub use challenge::{Challenge, ChallengeSettings};
pub use change_password::ChangePassword;
pub use create_admin::NewAdmin;
pub use error::AuthError;
pub(crate) use guard::account_keys;
pub use issue::TokenPair;
pub use login::Login;
pub use mfa::{ConfirmTotp, Factors, MfaStatus, Reauthenticate, SecondFactorProof, TotpEnrolment};
pub use oauth::{
    BrowserBinding, CallbackAnswer, IdentityProviders, OauthBegun, OauthCode, OauthError, OauthOutcome,
    OauthRequest, ProviderAnswer,
};
pub use passkeys::{NewPasskey, PasskeyChallenge, PasskeyOffer, RegisteredPasskey};
pub use quota::{Counted, NamedQuota};
pub use register::{Registered, Registration};
pub use service::{AuthPorts, AuthService};
pub use settings::{AuthSettings, RefreshKey, RegistrationMode, ThrottleSettings};
pub use sign_in::{MfaChallenge, SignInOutcome};
pub use sign_in_mail::{AskedCode, EnteredCode};

pub(crate) use mfa::forget_factors;
