//! A key pair, ready to sign and to verify.

use std::collections::BTreeMap;

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mainstay_domain::{SigningAlgorithm, Timestamp};
use mainstay_services::ports::{GeneratedKey, RingKey, SignError};
use serde_json::{Value, json};

use super::header;

/// Members of a public key that make up its thumbprint (RFC 7638 section 3.2), sorted.
type Members = BTreeMap<&'static str, String>;

/// A private key, by algorithm.
enum Private {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// A key pair, parsed once.
pub(super) struct HeldKey {
    pub(super) kid: String,
    pub(super) algorithm: SigningAlgorithm,
    /// The header of every token it signs, encoded.
    pub(super) header: String,
    pub(super) active_from: Timestamp,
    pub(super) verifies_until: Option<Timestamp>,
    /// The public key for others (RFC 7517).
    pub(super) jwk: Value,
    private: Private,
    public: ParsedPublicKey,
}

impl HeldKey {
    pub(super) fn new(key: &RingKey) -> Result<Self, SignError> {
        let private = Private::parse(key.algorithm, &key.private)?;
        let members = private.members()?;
        if thumbprint(&members)? != key.kid {
            return Err(defect("a signing key does not have the name of its thumbprint"));
        }
        Ok(Self {
            header: header::encoded(key.algorithm, Some(&key.kid)),
            jwk: jwk(&members, key.algorithm, &key.kid),
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            active_from: key.active_from,
            verifies_until: key.verifies_until,
            public: private.public()?,
            private,
        })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| defect("signing failed");
        match &self.private {
            Private::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Private::EdDsa(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            Private::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }

    /// Whether the key made the signature. The algorithm is the key's own, whatever a token says.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8], now: Timestamp) -> bool {
        self.is_published(now) && self.public.verify_sig(message, signature).is_ok()
    }

    /// Whether tokens of this key can be valid at `now`, or soon will be.
    pub(super) fn is_published(&self, now: Timestamp) -> bool {
        self.verifies_until.is_none_or(|end| now < end)
    }
}

impl Private {
    fn parse(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, SignError> {
        let rejected = |_| defect("a signing key cannot be read");
        match algorithm {
            SigningAlgorithm::Hs256 => Err(defect("HS256 has no key pair")),
            SigningAlgorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                .map(Self::Es256)
                .map_err(rejected),
            SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8)
                .map(Self::EdDsa)
                .map_err(rejected),
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8)
                .map(|pair| Self::Rs256(Box::new(pair)))
                .map_err(rejected),
        }
    }

    fn public(&self) -> Result<ParsedPublicKey, SignError> {
        let parsed = match self {
            Self::Es256(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()),
            Self::EdDsa(pair) => ParsedPublicKey::new(&ED25519, pair.public_key()),
            Self::Rs256(pair) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()),
        };
        parsed.map_err(|_| defect("a public key cannot be read"))
    }

    /// The public key as RFC 7518 section 6 and RFC 8037 section 2 write it.
    fn members(&self) -> Result<Members, SignError> {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let members = match self {
            Self::Es256(pair) => {
                // An uncompressed point: 4, then both coordinates.
                let point = pair.public_key().as_ref();
                let (x, y) = match point.split_first() {
                    Some((4, rest)) if rest.len() == 64 => rest.split_at(32),
                    _ => return Err(defect("a point has an unknown form")),
                };
                vec![
                    ("crv", "P-256".to_owned()),
                    ("kty", "EC".to_owned()),
                    ("x", text(x)),
                    ("y", text(y)),
                ]
            }
            Self::EdDsa(pair) => vec![
                ("crv", "Ed25519".to_owned()),
                ("kty", "OKP".to_owned()),
                ("x", text(pair.public_key().as_ref())),
            ],
            Self::Rs256(pair) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                vec![
                    ("e", text(&parts.e)),
                    ("kty", "RSA".to_owned()),
                    ("n", text(&parts.n)),
                ]
            }
        };
        Ok(members.into_iter().collect())
    }
}

/// Makes a key pair. RSA has 3072 bits, which is as strong as the others (ASVS 5.0 11.2.3).
pub(super) fn generate(algorithm: SigningAlgorithm) -> Result<GeneratedKey, SignError> {
    let failed = |_| defect("no key could be made");
    let rng = SystemRandom::new();
    let private = match algorithm {
        SigningAlgorithm::Hs256 => return Err(defect("HS256 has no key pair")),
        SigningAlgorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng)
            .map_err(failed)?
            .as_ref()
            .to_vec(),
        SigningAlgorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&rng)
            .map_err(failed)?
            .as_ref()
            .to_vec(),
        SigningAlgorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa3072).map_err(failed)?;
            let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(failed)?;
            der.as_ref().to_vec()
        }
    };
    let kid = thumbprint(&Private::parse(algorithm, &private)?.members()?)?;
    Ok(GeneratedKey { kid, private })
}

/// RFC 7638: SHA-256 over the members in order, without a space.
fn thumbprint(members: &Members) -> Result<String, SignError> {
    let json = serde_json::to_vec(members).map_err(|error| SignError(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &json)))
}

fn jwk(members: &Members, algorithm: SigningAlgorithm, kid: &str) -> Value {
    let mut jwk = json!({ "use": "sig", "alg": algorithm.as_str(), "kid": kid });
    for (name, value) in members {
        jwk[*name] = json!(value);
    }
    jwk
}

fn defect(reason: &str) -> SignError {
    SignError(reason.to_owned())
}
