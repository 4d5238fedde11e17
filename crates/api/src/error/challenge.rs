//! A proof of work that an error answer asks for.

use mainstay_services::auth::Challenge;
use serde::Serialize;
use utoipa::ToSchema;

/// Find a text `s` of at most 64 characters such that SHA-256 of `token`, a full stop and `s`
/// begins with `difficulty` zero bits. Repeat the request with the header
/// `X-Challenge-Solution: token.s`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Challenge)]
pub struct ChallengeBody {
    /// Always `sha256-leading-zero-bits`.
    #[schema(example = "sha256-leading-zero-bits")]
    pub algorithm: &'static str,
    /// Names the challenge; good for one login, and one login name.
    #[schema(example = "the token of this challenge")]
    pub token: String,
    /// Zero bits the hash must begin with.
    #[schema(example = 18)]
    pub difficulty: u8,
    /// How long it can be solved, in seconds.
    #[schema(example = 120)]
    pub expires_in: i64,
}

impl From<Challenge> for ChallengeBody {
    fn from(challenge: Challenge) -> Self {
        Self {
            algorithm: "sha256-leading-zero-bits",
            token: challenge.token,
            difficulty: challenge.bits,
            expires_in: challenge.expires_in.num_seconds(),
        }
    }
}
