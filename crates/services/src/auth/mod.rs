//! Getting in, staying in and getting out: registration, sessions, tokens, passwords.

mod authenticate;
mod challenge;
mod change_password;
mod create_admin;
mod error;
mod first_admin;
mod guard;
mod issue;
mod login;
mod logout;
mod one_time_token;
mod quota;
mod refresh;
mod refresh_token;
mod register;
mod second_factor;
mod service;
mod sessions;
mod settings;
mod sign_in;

pub use challenge::{Challenge, ChallengeSettings};
pub use change_password::ChangePassword;
pub use create_admin::NewAdmin;
pub use error::AuthError;
pub use issue::TokenPair;
pub use login::Login;
pub use quota::NamedQuota;
pub use register::Registration;
pub use service::{AuthPorts, AuthService};
pub use settings::{AuthSettings, RefreshKey, RegistrationMode, ThrottleSettings};
pub use sign_in::{MfaChallenge, SignInOutcome};
