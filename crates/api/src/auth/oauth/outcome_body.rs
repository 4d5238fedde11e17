//! What came of a login at a provider, as clients see it.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use mainstay_domain::{Email, Identity};
use mainstay_services::auth::{OauthCode, OauthOutcome};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::{
    delivery::Delivery,
    sign_in_body::{self, SignInBody},
    token_body::{secret, whole_seconds},
};

/// An identity at another provider that opens the account.
#[derive(Serialize, ToSchema)]
#[schema(as = Identity)]
pub(super) struct IdentityBody {
    /// Identity of the link.
    id: Uuid,
    /// The provider's name.
    #[schema(example = "google")]
    provider: String,
    /// The provider's issuer.
    #[schema(example = "https://accounts.google.com")]
    issuer: String,
    /// The address that the provider told when it was linked.
    #[schema(required, example = "ada@example.com")]
    email: Option<String>,
    /// When it was linked.
    created_at: DateTime<Utc>,
    /// When it last opened a session.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
}

impl From<&Identity> for IdentityBody {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.id.uuid(),
            provider: identity.provider.to_string(),
            issuer: identity.key.issuer().to_owned(),
            email: identity.email.as_ref().map(Email::as_str).map(str::to_owned),
            created_at: identity.created_at,
            last_used_at: identity.last_used_at,
        }
    }
}

/// A code to be exchanged.
#[derive(Serialize, ToSchema)]
#[schema(as = OauthCode)]
pub(super) struct CodeBody {
    /// For `/auth/oauth/exchange`; works once.
    #[schema(example = "the code of this login")]
    code: String,
    /// Its life, in seconds.
    #[schema(example = 60)]
    expires_in: i64,
}

impl From<OauthCode> for CodeBody {
    fn from(code: OauthCode) -> Self {
        Self {
            expires_in: whole_seconds(code.expires_in),
            code: code.code,
        }
    }
}

/// The identity that was linked.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkedIdentity)]
pub(super) struct LinkedBody {
    /// The identity.
    identity: IdentityBody,
}

/// Tokens, the question for a second factor, the identity that was linked, or a code that must
/// be exchanged.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = OauthOutcome)]
#[allow(dead_code, reason = "sign-ins are written by `sign_in_body`")]
pub(super) enum OauthOutcomeBody {
    /// Somebody is in, or nearly.
    SignedIn(SignInBody),
    /// An identity was linked.
    Linked(LinkedBody),
    /// The client must prove that it began the login.
    Code(CodeBody),
}

/// A 200 answer with any of them.
pub(super) fn answer(outcome: OauthOutcome, delivery: Option<&Delivery>) -> HttpResponse {
    match outcome {
        OauthOutcome::SignedIn(outcome) => sign_in_body::answer(outcome, delivery.unwrap_or(&Delivery::Body)),
        OauthOutcome::Code(code) => secret(&CodeBody::from(code)),
        OauthOutcome::Linked(identity) => {
            let identity = IdentityBody::from(&*identity);
            secret(&LinkedBody { identity })
        }
    }
}
