//! What comes of a right first factor, as clients see it.

use actix_web::HttpResponse;
use mainstay_services::auth::{MfaChallenge, SignInOutcome};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    delivery::Delivery,
    token_body::{TokenBody, secret, whole_seconds, with_cookie},
};

/// Tokens of a session, or the question for a second factor.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SignIn)]
pub(super) enum SignInBody {
    /// A session was opened.
    Session(TokenBody),
    /// A second factor is needed.
    SecondFactor(MfaRequiredBody),
}

/// The question for a second factor.
#[derive(Serialize, ToSchema)]
#[schema(as = MfaRequired)]
pub(super) struct MfaRequiredBody {
    /// Always true.
    #[schema(example = true)]
    mfa_required: bool,
    /// Send it with the proof of a second factor; it is good for nothing else.
    #[schema(example = "the token of this login")]
    mfa_token: String,
    /// What the account can prove: `passkey`, `totp`, `recovery_code`.
    #[schema(example = json!(["totp", "recovery_code"]))]
    methods: Vec<&'static str>,
    /// Life of the token, in seconds.
    #[schema(example = 300)]
    expires_in: i64,
}

impl From<MfaChallenge> for MfaRequiredBody {
    fn from(challenge: MfaChallenge) -> Self {
        Self {
            mfa_required: true,
            methods: challenge.methods.iter().map(|kind| kind.as_str()).collect(),
            expires_in: whole_seconds(challenge.expires_in),
            mfa_token: challenge.token,
        }
    }
}

/// A 200 answer with either.
pub(super) fn answer(outcome: SignInOutcome, delivery: &Delivery) -> HttpResponse {
    let (body, cookie) = match outcome {
        SignInOutcome::Session(pair) => {
            let (body, cookie) = TokenBody::delivered(pair, delivery);
            (SignInBody::Session(body), cookie)
        }
        SignInOutcome::SecondFactor(challenge) => (SignInBody::SecondFactor(challenge.into()), None),
    };
    with_cookie(secret(&body), cookie)
}
