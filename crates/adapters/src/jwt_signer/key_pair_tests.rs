//! Tests of tokens signed with key pairs, above all of those that must not pass.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use aws_lc_rs::hmac;
use jsonwebtoken::{
    DecodingKey, Validation, decode,
    jwk::{JwkSet, ThumbprintHash},
};
use serde_json::{Value, json};

use super::*;

const KEY: [u8; 32] = [7; 32];
const ISSUED: i64 = 1_700_000_000;
const PAIRS: [SigningAlgorithm; 3] = [
    SigningAlgorithm::Es256,
    SigningAlgorithm::EdDsa,
    SigningAlgorithm::Rs256,
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

fn bare(algorithm: SigningAlgorithm) -> JwtSigner {
    JwtSigner::new(JwtSettings {
        issuer: "https://id.example.com".to_owned(),
        audience: "mainstay".to_owned(),
        algorithm,
        key: KEY,
        previous_key: None,
    })
}

fn key(algorithm: SigningAlgorithm) -> RingKey {
    let made = held_key::generate(algorithm).unwrap();
    RingKey {
        kid: made.kid,
        algorithm,
        private: made.private,
        active_from: at(0),
        verifies_until: None,
    }
}

/// A signer with one key of its algorithm, and the key's name.
fn signer(algorithm: SigningAlgorithm) -> (JwtSigner, String) {
    let key = key(algorithm);
    let signer = bare(algorithm);
    signer.install(vec![key.clone()]).unwrap();
    (signer, key.kid)
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(2).into(),
        token_id: Uuid::from_u128(3),
        issued_at: at(ISSUED),
        expires_at: at(ISSUED + 900),
    }
}

fn verdict(signer: &JwtSigner, token: &str) -> Result<AccessClaims, InvalidToken> {
    signer.verify(token, at(ISSUED + 1))
}

fn header_of(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&header).unwrap()
}

/// `token` with another header, signed by whoever `sign` is.
fn forged(token: &str, header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let payload = token.split('.').nth(1).unwrap();
    let message = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn hmac_with(key: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    move |message| hmac::sign(&key, message).as_ref().to_vec()
}

/// Signs with the signer's own key, whatever the header says.
fn sign_with(signer: &JwtSigner, kid: &str) -> impl Fn(&[u8]) -> Vec<u8> {
    let ring = signer.ring();
    let kid = kid.to_owned();
    move |message| ring.named(&kid).unwrap().sign(message).unwrap()
}

#[test]
fn every_algorithm_signs_what_it_verifies_and_names_its_key() {
    for algorithm in PAIRS {
        let (signer, kid) = signer(algorithm);
        let token = signer.sign(&claims()).unwrap();
        assert_eq!(verdict(&signer, &token), Ok(claims()), "{algorithm}");
        let expected = json!({ "typ": "at+jwt", "alg": algorithm.as_str(), "kid": kid });
        assert_eq!(header_of(&token), expected);
        assert!(token.len() < 1_000, "{algorithm}: {} octets", token.len());
    }
}

#[test]
fn another_library_verifies_our_tokens_with_the_published_keys() {
    for algorithm in PAIRS {
        let (signer, kid) = signer(algorithm);
        let token = signer.sign(&claims()).unwrap();
        let set: JwkSet = serde_json::from_str(&signer.jwks(at(ISSUED))).unwrap();
        let jwk = set.find(&kid).unwrap();
        assert_eq!(
            jwk.thumbprint(ThumbprintHash::SHA256).unwrap(),
            kid,
            "{algorithm}"
        );
        let mut rules = Validation::new(algorithm.as_str().parse().unwrap());
        rules.set_audience(&["mainstay"]);
        rules.set_issuer(&["https://id.example.com"]);
        rules.validate_exp = false;
        let read = decode::<Value>(&token, &DecodingKey::from_jwk(jwk).unwrap(), &rules).unwrap();
        assert_eq!(read.claims["sub"], json!(Uuid::from_u128(1)), "{algorithm}");
    }
}

#[test]
fn published_keys_hold_nothing_private() {
    for algorithm in PAIRS {
        let (signer, _) = signer(algorithm);
        let set: Value = serde_json::from_str(&signer.jwks(at(ISSUED))).unwrap();
        let key = set["keys"][0].as_object().unwrap();
        assert_eq!(
            (key["use"].as_str(), key["alg"].as_str()),
            (Some("sig"), Some(algorithm.as_str()))
        );
        for member in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(!key.contains_key(member), "{algorithm}: {member}");
        }
    }
    assert_eq!(bare(SigningAlgorithm::Hs256).jwks(at(0)), r#"{"keys":[]}"#);
}

#[test]
fn a_public_key_used_as_an_hmac_secret_is_refused() {
    for algorithm in PAIRS {
        let (signer, kid) = signer(algorithm);
        let token = signer.sign(&claims()).unwrap();
        let set: Value = serde_json::from_str(&signer.jwks(at(ISSUED))).unwrap();
        let jwk = &set["keys"][0];
        let raw = jwk["n"].as_str().or(jwk["x"].as_str()).unwrap();
        let secrets = [
            jwk.to_string().into_bytes(),
            raw.as_bytes().to_vec(),
            URL_SAFE_NO_PAD.decode(raw).unwrap(),
            Vec::new(),
        ];
        for secret in secrets {
            for header in [
                json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid }),
                json!({ "typ": "at+jwt", "alg": "HS256" }),
                json!({ "typ": "at+jwt", "alg": algorithm.as_str(), "kid": kid }),
            ] {
                let forged = forged(&token, &header, hmac_with(&secret));
                assert_eq!(
                    verdict(&signer, &forged),
                    Err(InvalidToken::Malformed),
                    "{header}"
                );
            }
        }
    }
}

#[test]
fn a_key_verifies_its_own_algorithm_only_whatever_the_header_says() {
    for algorithm in PAIRS {
        let (signer, kid) = signer(algorithm);
        let token = signer.sign(&claims()).unwrap();
        for alg in [
            "none", "None", "", "HS256", "HS512", "ES256", "ES384", "EdDSA", "RS256", "PS256", "es256",
        ] {
            if alg == algorithm.as_str() {
                continue;
            }
            let header = json!({ "typ": "at+jwt", "alg": alg, "kid": kid });
            let well_signed = forged(&token, &header, sign_with(&signer, &kid));
            assert_eq!(
                verdict(&signer, &well_signed),
                Err(InvalidToken::Malformed),
                "{alg}"
            );
            let unsigned = forged(&token, &header, |_| Vec::new());
            assert_eq!(verdict(&signer, &unsigned), Err(InvalidToken::Malformed), "{alg}");
        }
    }
}

#[test]
fn a_token_without_a_name_is_of_hmac_and_nothing_else() {
    let (signer, kid) = signer(SigningAlgorithm::Es256);
    let token = signer.sign(&claims()).unwrap();
    let nameless = json!({ "typ": "at+jwt", "alg": "ES256" });
    let forged_token = forged(&token, &nameless, sign_with(&signer, &kid));
    assert_eq!(verdict(&signer, &forged_token), Err(InvalidToken::Malformed));
    // What was signed before the algorithm was changed goes on.
    let before = bare(SigningAlgorithm::Hs256).sign(&claims()).unwrap();
    assert_eq!(verdict(&signer, &before), Ok(claims()));
}

#[test]
fn an_unknown_or_odd_name_of_a_key_is_refused() {
    let (signer, kid) = signer(SigningAlgorithm::Es256);
    let token = signer.sign(&claims()).unwrap();
    for odd in [
        json!("another"),
        json!(""),
        json!("../../../../dev/null"),
        json!("' OR 1=1 --"),
        json!("file:///etc/passwd"),
    ] {
        for alg in ["ES256", "HS256"] {
            let header = json!({ "typ": "at+jwt", "alg": alg, "kid": odd });
            let forged = forged(&token, &header, hmac_with(&KEY));
            assert_eq!(verdict(&signer, &forged), Err(InvalidToken::UnknownKey), "{odd}");
        }
    }
    for odd in [json!(null), json!(1), json!([kid]), json!({ "kid": kid })] {
        let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": odd });
        let forged = forged(&token, &header, sign_with(&signer, &kid));
        assert_eq!(verdict(&signer, &forged), Err(InvalidToken::Malformed), "{odd}");
    }
}

#[test]
fn the_name_of_one_key_does_not_help_the_signature_of_another() {
    let keys: Vec<_> = PAIRS.into_iter().chain(PAIRS).map(key).collect();
    let signer = bare(SigningAlgorithm::Es256);
    signer.install(keys.clone()).unwrap();
    let token = signer.sign(&claims()).unwrap();
    for by in &keys {
        for named in &keys {
            let header = json!({ "typ": "at+jwt", "alg": named.algorithm.as_str(), "kid": named.kid });
            let made = forged(&token, &header, sign_with(&signer, &by.kid));
            assert_eq!(verdict(&signer, &made).is_ok(), by.kid == named.kid);
        }
    }
}

#[test]
fn a_key_that_comes_with_the_token_is_never_looked_at() {
    let (signer, kid) = signer(SigningAlgorithm::Es256);
    let (attacker, theirs) = self::signer(SigningAlgorithm::Es256);
    let token = signer.sign(&claims()).unwrap();
    let set: Value = serde_json::from_str(&attacker.jwks(at(ISSUED))).unwrap();
    for (name, value) in [
        ("jwk", set["keys"][0].clone()),
        ("jku", json!("https://evil.example.com/jwks.json")),
        ("x5u", json!("https://evil.example.com/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        for (kid, expected) in [
            (&kid, InvalidToken::Malformed),
            (&theirs, InvalidToken::UnknownKey),
        ] {
            let mut header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": kid });
            header[name] = value.clone();
            let forged = forged(&token, &header, sign_with(&attacker, &theirs));
            assert_eq!(verdict(&signer, &forged), Err(expected), "{name}");
        }
    }
}

#[test]
fn wrong_types_and_critical_extensions_are_refused_though_well_signed() {
    let (signer, kid) = signer(SigningAlgorithm::EdDsa);
    let token = signer.sign(&claims()).unwrap();
    for (name, value) in [
        ("typ", json!("JWT")),
        ("typ", json!("logout+jwt")),
        ("typ", json!(null)),
        ("typ", json!(["at+jwt"])),
        ("alg", json!(["EdDSA"])),
        ("alg", json!(null)),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
    ] {
        let mut header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid });
        header[name] = value.clone();
        let forged = forged(&token, &header, sign_with(&signer, &kid));
        assert_eq!(
            verdict(&signer, &forged),
            Err(InvalidToken::Malformed),
            "{name} {value}"
        );
    }
}

#[test]
fn a_changed_character_anywhere_in_a_token_is_noticed() {
    for algorithm in PAIRS {
        let (signer, _) = signer(algorithm);
        let token = signer.sign(&claims()).unwrap();
        for index in (0..token.len()).step_by(7) {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verdict(&signer, &changed).is_err(), "{algorithm} at {index}");
        }
    }
}

#[test]
fn a_new_key_is_published_at_once_and_signs_when_its_time_has_come() {
    let old = RingKey {
        verifies_until: Some(at(ISSUED + 2_000)),
        ..key(SigningAlgorithm::Es256)
    };
    let new = RingKey {
        active_from: at(ISSUED + 600),
        ..key(SigningAlgorithm::Es256)
    };
    let signer = bare(SigningAlgorithm::Es256);
    signer.install(vec![old.clone(), new.clone()]).unwrap();
    let kid_at = |seconds| {
        let issued_at = at(ISSUED + seconds);
        let token = signer
            .sign(&AccessClaims {
                issued_at,
                ..claims()
            })
            .unwrap();
        header_of(&token)["kid"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (kid_at(0), kid_at(599), kid_at(600)),
        (old.kid.clone(), old.kid.clone(), new.kid.clone())
    );
    let published = |seconds| {
        let set: Value = serde_json::from_str(&signer.jwks(at(ISSUED + seconds))).unwrap();
        set["keys"].as_array().unwrap().len()
    };
    assert_eq!((published(0), published(1_999), published(2_000)), (2, 2, 1));
}

#[test]
fn a_key_whose_time_is_over_verifies_no_more() {
    let old = RingKey {
        verifies_until: Some(at(ISSUED + 100)),
        ..key(SigningAlgorithm::EdDsa)
    };
    let signer = bare(SigningAlgorithm::EdDsa);
    signer.install(vec![old]).unwrap();
    let token = signer.sign(&claims()).unwrap();
    assert_eq!(signer.verify(&token, at(ISSUED + 99)), Ok(claims()));
    assert_eq!(
        signer.verify(&token, at(ISSUED + 100)),
        Err(InvalidToken::Malformed)
    );
}

#[test]
fn installing_keys_replaces_all_keys_or_none() {
    let (signer, kid) = signer(SigningAlgorithm::Es256);
    let token = signer.sign(&claims()).unwrap();
    let mislabelled = RingKey {
        kid: "not its thumbprint".to_owned(),
        ..key(SigningAlgorithm::Es256)
    };
    let of_another_kind = RingKey {
        algorithm: SigningAlgorithm::EdDsa,
        ..key(SigningAlgorithm::Es256)
    };
    for bad in [mislabelled, of_another_kind] {
        assert!(signer.install(vec![key(SigningAlgorithm::Es256), bad]).is_err());
        assert_eq!(verdict(&signer, &token), Ok(claims()), "{kid}");
    }
    signer.install(vec![key(SigningAlgorithm::Es256)]).unwrap();
    assert_eq!(verdict(&signer, &token), Err(InvalidToken::UnknownKey));
    signer.install(Vec::new()).unwrap();
    assert!(
        signer.sign(&claims()).is_err(),
        "it never falls back to another algorithm"
    );
}

#[test]
fn tokens_of_the_previous_secret_key_are_good_and_those_before_are_not() {
    let made_by = |key, previous_key| {
        JwtSigner::new(JwtSettings {
            key,
            previous_key,
            issuer: "https://id.example.com".to_owned(),
            audience: "mainstay".to_owned(),
            algorithm: SigningAlgorithm::Hs256,
        })
    };
    let now = made_by([2; 32], Some([1; 32]));
    for (by, good) in [(2, true), (1, true), (0, false)] {
        let token = made_by([by; 32], None).sign(&claims()).unwrap();
        assert_eq!(verdict(&now, &token).is_ok(), good, "{by}");
    }
    let token = now.sign(&claims()).unwrap();
    assert!(
        verdict(&made_by([1; 32], None), &token).is_err(),
        "only the current one signs"
    );
}

#[test]
fn signing_and_verifying_go_on_while_keys_are_replaced() {
    let keys = [key(SigningAlgorithm::Es256), key(SigningAlgorithm::Es256)];
    let signer = bare(SigningAlgorithm::Es256);
    signer.install(keys.to_vec()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let token = signer.sign(&claims()).unwrap();
                    assert_eq!(verdict(&signer, &token), Ok(claims()));
                }
            });
        }
        for index in 0..20 {
            let mut both = keys.to_vec();
            both[index % 2].active_from = at(1);
            signer.install(both).unwrap();
        }
    });
}
