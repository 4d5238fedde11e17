//! Options for `navigator.credentials`, as `PublicKeyCredential.parse…OptionsFromJSON()` takes
//! them (WebAuthn section 5.1.8). The names are those of the standard, hence the camel case.

use mainstay_domain::{Passkey, User};
use mainstay_services::auth::PasskeyOffer;
use serde::Serialize;
use utoipa::ToSchema;

use super::octets::encode;

/// Options for `navigator.credentials.create()`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyCreationOptions)]
pub(super) struct CreationOptionsBody {
    /// 32 random octets, in base64url; good for one attempt.
    #[schema(example = "Zm9yIG9uZSBhdHRlbXB0IG9ubHksIG5vdCB0d28")]
    challenge: String,
    /// On whose behalf it is asked.
    rp: RelyingPartyBody,
    /// For whom.
    user: UserEntityBody,
    /// Kinds of keys that are taken, best first.
    pub_key_cred_params: Vec<AlgorithmBody>,
    /// Time to answer, in milliseconds.
    #[schema(example = 300_000)]
    timeout: i64,
    /// Passkeys that are there already.
    exclude_credentials: Vec<DescriptorBody>,
    /// Which authenticators are wanted.
    authenticator_selection: SelectionBody,
    /// Always `none`: the make of the authenticator is nobody's business.
    #[schema(example = "none")]
    attestation: &'static str,
}

/// Options for `navigator.credentials.get()`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyRequestOptions)]
pub(super) struct RequestOptionsBody {
    /// 32 random octets, in base64url; good for one attempt.
    #[schema(example = "Zm9yIG9uZSBhdHRlbXB0IG9ubHksIG5vdCB0d28")]
    challenge: String,
    /// The domain that passkeys are for.
    #[schema(example = "example.com")]
    rp_id: String,
    /// Time to answer, in milliseconds.
    #[schema(example = 300_000)]
    timeout: i64,
    /// Which passkeys may answer; empty for any that the device knows.
    allow_credentials: Vec<DescriptorBody>,
    /// Whether the authenticator must verify its user.
    #[schema(example = "required")]
    user_verification: &'static str,
}

/// On whose behalf passkeys are asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRelyingParty)]
struct RelyingPartyBody {
    /// The domain that passkeys are for.
    #[schema(example = "example.com")]
    id: String,
    /// What people know it as.
    #[schema(example = "Mainstay")]
    name: String,
}

/// For whom a passkey is made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyUser)]
struct UserEntityBody {
    /// The user's id, in base64url.
    id: String,
    /// The user's address.
    #[schema(example = "ada@example.com")]
    name: String,
    /// The user's name, or the address again.
    #[schema(example = "Ada Lovelace")]
    display_name: String,
}

/// A kind of key.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyAlgorithm)]
struct AlgorithmBody {
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(example = "public-key")]
    kind: &'static str,
    /// COSE's number of the algorithm.
    #[schema(example = -7)]
    alg: i64,
}

/// Names a passkey.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyDescriptor)]
struct DescriptorBody {
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(example = "public-key")]
    kind: &'static str,
    /// What the authenticator calls it, in base64url.
    id: String,
    /// Ways to reach the authenticator.
    #[schema(example = json!(["internal"]))]
    transports: Vec<String>,
}

/// Which authenticators are wanted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeySelection)]
struct SelectionBody {
    /// `preferred`: such a passkey logs in by itself, others serve as second factor.
    #[schema(example = "preferred")]
    resident_key: &'static str,
    /// `preferred`: only a passkey that verifies its user logs in by itself.
    #[schema(example = "preferred")]
    user_verification: &'static str,
}

impl CreationOptionsBody {
    pub(super) fn new(offer: PasskeyOffer, user: &User, algorithms: &[i64]) -> Self {
        let relying_party = offer.challenge.relying_party;
        let algorithm = |alg: &i64| AlgorithmBody {
            kind: "public-key",
            alg: *alg,
        };
        Self {
            challenge: offer.challenge.challenge,
            rp: RelyingPartyBody {
                id: relying_party.id,
                name: relying_party.name,
            },
            user: UserEntityBody::from(user),
            pub_key_cred_params: algorithms.iter().map(algorithm).collect(),
            timeout: offer.challenge.life.num_milliseconds(),
            exclude_credentials: offer.allowed.iter().map(DescriptorBody::from).collect(),
            authenticator_selection: SelectionBody {
                resident_key: "preferred",
                user_verification: "preferred",
            },
            attestation: "none",
        }
    }
}

impl From<PasskeyOffer> for RequestOptionsBody {
    fn from(offer: PasskeyOffer) -> Self {
        Self {
            challenge: offer.challenge.challenge,
            rp_id: offer.challenge.relying_party.id,
            timeout: offer.challenge.life.num_milliseconds(),
            allow_credentials: offer.allowed.iter().map(DescriptorBody::from).collect(),
            user_verification: if offer.verify_user {
                "required"
            } else {
                "preferred"
            },
        }
    }
}

impl From<&User> for UserEntityBody {
    fn from(user: &User) -> Self {
        let names = [&user.first_name, &user.last_name].into_iter().flatten();
        let names: Vec<&str> = names.map(|name| name.as_str()).collect();
        let email = user.email.as_str();
        Self {
            id: encode(user.id.uuid().as_bytes()),
            name: email.to_owned(),
            display_name: if names.is_empty() {
                email.to_owned()
            } else {
                names.join(" ")
            },
        }
    }
}

impl From<&Passkey> for DescriptorBody {
    fn from(passkey: &Passkey) -> Self {
        let transports = passkey.transports.split(',').filter(|name| !name.is_empty());
        Self {
            kind: "public-key",
            id: encode(passkey.credential_id.octets()),
            transports: transports.map(str::to_owned).collect(),
        }
    }
}
