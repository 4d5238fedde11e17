//! Second factors as clients see them.

use chrono::{DateTime, Utc};
use mainstay_domain::{Passkey, TotpFactor};
use mainstay_services::auth::MfaStatus;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How the caller's account stands with second factors.
#[derive(Serialize, ToSchema)]
#[schema(as = MfaStatus)]
pub(in crate::auth) struct MfaStatusBody {
    /// Whether logins ask for a second factor.
    enabled: bool,
    /// Whether a role of the account demands one.
    required: bool,
    /// What can be proved, in the order to offer it: `passkey`, `totp`, `recovery_code`.
    #[schema(example = json!(["totp", "recovery_code"]))]
    methods: Vec<&'static str>,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    recovery_codes_left: u64,
    /// Authenticator apps and passkeys.
    factors: Vec<FactorBody>,
}

/// An authenticator app or a passkey.
#[derive(Serialize, ToSchema)]
#[schema(as = Factor)]
pub(in crate::auth) struct FactorBody {
    /// Identity.
    id: Uuid,
    /// `totp` or `passkey`.
    #[schema(example = "totp")]
    kind: &'static str,
    /// What its owner calls it.
    #[schema(example = "My phone")]
    name: String,
    /// Whether it opens the account by itself. A passkey does, unless somebody proved by mail to
    /// own the address of the account only after it was added: then it is a second factor only.
    passwordless: bool,
    /// When it was added.
    created_at: DateTime<Utc>,
    /// When it was last used.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
}

impl From<&TotpFactor> for FactorBody {
    fn from(factor: &TotpFactor) -> Self {
        Self {
            id: factor.id.uuid(),
            kind: "totp",
            name: factor.name.to_string(),
            passwordless: false,
            created_at: factor.created_at,
            last_used_at: factor.last_used_at,
        }
    }
}

impl From<&Passkey> for FactorBody {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.uuid(),
            kind: "passkey",
            name: passkey.name.to_string(),
            passwordless: passkey.passwordless,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

impl From<&MfaStatus> for MfaStatusBody {
    fn from(status: &MfaStatus) -> Self {
        let factors = &status.factors;
        let apps = factors.totp.iter().map(FactorBody::from);
        Self {
            enabled: factors.is_enabled(),
            required: status.required,
            methods: factors.kinds().iter().map(|kind| kind.as_str()).collect(),
            recovery_codes_left: factors.recovery_codes,
            factors: apps
                .chain(factors.passkeys.iter().map(FactorBody::from))
                .collect(),
        }
    }
}
