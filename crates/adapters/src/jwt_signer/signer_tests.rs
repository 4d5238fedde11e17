//! Tests of the access tokens, above all of those that must not pass.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::*;

const KEY: [u8; 32] = [7; 32];
const ISSUED: i64 = 1_700_000_000;
const EXPIRES: i64 = ISSUED + 900;

fn signer() -> JwtSigner {
    JwtSigner::new(JwtSettings {
        issuer: "https://id.example.com".to_owned(),
        audience: "mainstay".to_owned(),
        algorithm: SigningAlgorithm::Hs256,
        key: KEY,
        previous_key: None,
    })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(2).into(),
        token_id: Uuid::from_u128(3),
        issued_at: at(ISSUED),
        expires_at: at(EXPIRES),
    }
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "HS256"})
}

fn payload() -> Value {
    json!({
        "iss": "https://id.example.com", "aud": "mainstay",
        "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
        "iat": ISSUED, "nbf": ISSUED, "exp": EXPIRES,
    })
}

/// Signs anything with `algorithm`, as an attacker who had the key would.
fn forge_with(algorithm: hmac::Algorithm, key: &[u8], header: &Value, payload: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(payload));
    let tag = hmac::sign(&hmac::Key::new(algorithm, key), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn forge(header: &Value, payload: &Value) -> String {
    forge_with(hmac::HMAC_SHA256, &KEY, header, payload)
}

fn verdict(token: &str) -> Result<AccessClaims, InvalidToken> {
    signer().verify(token, at(ISSUED + 1))
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

#[test]
fn a_signed_token_says_what_was_signed() {
    let token = signer().sign(&claims()).unwrap();
    assert_eq!(verdict(&token), Ok(claims()));
    assert_eq!(verdict(&forge(&header(), &payload())), Ok(claims()));
}

#[test]
fn the_header_of_our_own_tokens_is_recognised_without_parsing() {
    let token = signer().sign(&claims()).unwrap();
    assert_eq!(token.split('.').next().unwrap(), signer().hmac.header);
    let json = URL_SAFE_NO_PAD.decode(&signer().hmac.header).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), header());
}

#[test]
fn the_type_may_be_written_in_any_case_and_with_its_prefix() {
    for typ in ["AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert_eq!(
            verdict(&forge(&with(header(), "typ", json!(typ)), &payload())),
            Ok(claims()),
            "{typ}"
        );
    }
}

#[test]
fn another_algorithm_is_refused_whatever_the_signature() {
    for alg in [
        "none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256",
    ] {
        let header = with(header(), "alg", json!(alg));
        assert_eq!(
            verdict(&forge(&header, &payload())),
            Err(InvalidToken::Malformed),
            "{alg}"
        );
        let unsigned = forge(&header, &payload());
        let (message, _) = unsigned.rsplit_once('.').unwrap();
        assert_eq!(
            verdict(&format!("{message}.")),
            Err(InvalidToken::Malformed),
            "{alg}, unsigned"
        );
    }
    for algorithm in [hmac::HMAC_SHA384, hmac::HMAC_SHA512] {
        let token = forge_with(algorithm, &KEY, &header(), &payload());
        assert_eq!(verdict(&token), Err(InvalidToken::Malformed));
    }
}

#[test]
fn another_kind_of_token_is_refused_though_well_signed() {
    for typ in [
        json!("JWT"),
        json!("dpop+jwt"),
        json!("application/jwt"),
        json!(null),
        json!(1),
        json!(""),
    ] {
        let token = forge(&with(header(), "typ", typ.clone()), &payload());
        assert_eq!(verdict(&token), Err(InvalidToken::Malformed), "{typ}");
    }
    assert_eq!(
        verdict(&forge(&json!({"alg": "HS256"}), &payload())),
        Err(InvalidToken::Malformed)
    );
}

#[test]
fn a_critical_extension_is_refused_even_if_empty() {
    for crit in [json!(["exp"]), json!([]), json!(null)] {
        let token = forge(&with(header(), "crit", crit.clone()), &payload());
        assert_eq!(verdict(&token), Err(InvalidToken::Malformed), "{crit}");
    }
}

#[test]
fn another_issuer_or_audience_is_refused() {
    for (name, value) in [
        ("iss", json!("https://evil.example.com")),
        ("iss", json!("https://id.example.com/")),
        ("iss", json!(["https://id.example.com"])),
        ("aud", json!("another")),
        ("aud", json!(["mainstay"])),
        ("aud", json!(["mainstay", "another"])),
        ("aud", json!(null)),
    ] {
        let token = forge(&header(), &with(payload(), name, value.clone()));
        assert_eq!(verdict(&token), Err(InvalidToken::Malformed), "{name} {value}");
    }
}

#[test]
fn a_missing_claim_or_one_of_a_wrong_type_is_refused() {
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
        let mut missing = payload();
        missing.as_object_mut().unwrap().remove(name);
        assert_eq!(
            verdict(&forge(&header(), &missing)),
            Err(InvalidToken::Malformed),
            "no {name}"
        );
        for value in [
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!(1.5),
            json!("x"),
        ] {
            let token = forge(&header(), &with(payload(), name, value.clone()));
            assert_eq!(verdict(&token), Err(InvalidToken::Malformed), "{name} {value}");
        }
    }
    for (name, value) in [
        ("exp", json!(EXPIRES.to_string())),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("nbf", json!(i64::MIN)),
        ("sub", json!(1)),
    ] {
        let token = forge(&header(), &with(payload(), name, value.clone()));
        assert_eq!(verdict(&token), Err(InvalidToken::Malformed), "{name} {value}");
    }
}

#[test]
fn a_claim_given_twice_is_refused() {
    let twice = payload()
        .to_string()
        .replacen('{', &format!("{{\"exp\":{},", EXPIRES + 1), 1);
    let message = format!("{}.{}", signer().hmac.header, URL_SAFE_NO_PAD.encode(twice));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &KEY), message.as_bytes());
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
    assert_eq!(verdict(&token), Err(InvalidToken::Malformed));
}

#[test]
fn a_token_lives_from_its_beginning_until_just_before_its_end() {
    let token = signer().sign(&claims()).unwrap();
    let verdict = |seconds| signer().verify(&token, at(seconds));
    assert_eq!(verdict(ISSUED - 6), Err(InvalidToken::Malformed));
    assert_eq!(verdict(ISSUED - 5), Ok(claims()));
    assert_eq!(verdict(EXPIRES - 1), Ok(claims()));
    assert_eq!(verdict(EXPIRES), Err(InvalidToken::Expired));
    assert_eq!(verdict(EXPIRES + 1_000_000), Err(InvalidToken::Expired));
}

#[test]
fn only_a_genuine_token_is_ever_told_to_have_expired() {
    let token = forge_with(hmac::HMAC_SHA256, &[8; 32], &header(), &payload());
    assert_eq!(
        signer().verify(&token, at(EXPIRES + 1)),
        Err(InvalidToken::Malformed)
    );
}

#[test]
fn a_token_with_any_character_changed_is_refused() {
    let token = signer().sign(&claims()).unwrap();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(verdict(&changed), Err(InvalidToken::Malformed), "at {index}");
    }
}

#[test]
fn text_that_is_no_token_is_refused() {
    let token = signer().sign(&claims()).unwrap();
    let padded = format!("{token}=");
    let four_parts = format!("{token}.x");
    let long = format!("{token}{}", "A".repeat(MAX_TOKEN_LEN));
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "Bearer",
        "ä.ö.ü",
        &padded,
        &four_parts,
        &long,
        &format!(" {token}"),
    ] {
        assert_eq!(verdict(text), Err(InvalidToken::Malformed), "{text}");
    }
}

#[test]
fn debug_output_never_shows_the_key() {
    let settings = JwtSettings {
        issuer: "i".to_owned(),
        audience: "a".to_owned(),
        algorithm: SigningAlgorithm::Hs256,
        key: KEY,
        previous_key: None,
    };
    let shown = format!("{settings:?} {:?}", JwtSigner::new(settings.clone()));
    assert!(!shown.contains("7, 7"), "{shown}");
}
