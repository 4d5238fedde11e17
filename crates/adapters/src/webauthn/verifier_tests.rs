//! What no browser sends: keys and data of every shape, written octet by octet.
#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::WebauthnId;
use mainstay_services::ports::{
    AssertionResponse, PasskeyError, PasskeyVerifier, RegistrationResponse, RelyingParty,
};

use super::{WebauthnSettings, WebauthnVerifier};

const CHALLENGE: [u8; 32] = [7; 32];
const ORIGIN: &str = "https://app.example.com";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const CREDENTIAL: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

fn verifier() -> WebauthnVerifier {
    WebauthnVerifier::new(WebauthnSettings {
        relying_party: RelyingParty {
            id: "example.com".to_owned(),
            name: "Example".to_owned(),
        },
        origins: vec![ORIGIN.to_owned()],
    })
}

fn client_data(kind: &str) -> Vec<u8> {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(CHALLENGE);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{ORIGIN}","other":[1]}}"#).into_bytes()
}

/// A text or octet string of CBOR; `major` is 0x40 for octets and 0x60 for text.
fn string(major: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut cbor = vec![major + 25];
    cbor.extend(length.to_be_bytes());
    cbor.extend(content);
    cbor
}

fn authenticator_data(flags: u8, count: u32, rest: &[u8]) -> Vec<u8> {
    let mut data = digest(&SHA256, b"example.com").as_ref().to_vec();
    data.push(flags);
    data.extend(count.to_be_bytes());
    data.extend(rest);
    data
}

fn credential(key: &[u8]) -> Vec<u8> {
    let mut credential = vec![0; 16];
    credential.extend([0, 3, 1, 2, 3]);
    credential.extend(key);
    credential
}

fn register(data: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    let mut object = vec![0xa3];
    object.extend(string(0x60, b"authData"));
    object.extend(string(0x40, data));
    object.extend(string(0x60, b"fmt"));
    object.extend(string(0x60, b"packed"));
    object.extend(string(0x60, b"attStmt"));
    // {"x5c": [h'01'], "alg": -7}: attestation that nobody asked for is skipped.
    object.extend([
        0xa2, 0x63, b'x', b'5', b'c', 0x81, 0x41, 1, 0x63, b'a', b'l', b'g', 0x26,
    ]);
    register_object(object)
}

fn register_object(attestation_object: Vec<u8>) -> Result<Vec<u8>, PasskeyError> {
    let response = RegistrationResponse {
        credential_id: WebauthnId::new(vec![1, 2, 3]).map_err(|_| PasskeyError("a bad test"))?,
        client_data: client_data("webauthn.create"),
        attestation_object,
    };
    let verified = verifier().verify_registration(&CHALLENGE, &response)?;
    Ok(verified.public_key)
}

fn assertion(flags: u8, sign: impl Fn(&[u8]) -> Vec<u8>) -> AssertionResponse {
    let (client_data, authenticator_data) = (client_data("webauthn.get"), authenticator_data(flags, 9, &[]));
    let signed = [&authenticator_data, digest(&SHA256, &client_data).as_ref()].concat();
    AssertionResponse {
        credential_id: WebauthnId::new(vec![1, 2, 3]).expect("an id"),
        signature: sign(&signed),
        client_data,
        authenticator_data,
        user_handle: None,
    }
}

/// A key of each kind as `COSE_Key`, with what signs for it.
type Signer = Box<dyn Fn(&[u8]) -> Vec<u8>>;

fn es256() -> (Vec<u8>, Signer) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
    let mut key = vec![0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21];
    key.extend(string(0x40, &pair.public_key().as_ref()[1..33]));
    key.push(0x22);
    key.extend(string(0x40, &pair.public_key().as_ref()[33..]));
    let sign = move |message: &[u8]| {
        let signature = pair.sign(&SystemRandom::new(), message).expect("a signature");
        signature.as_ref().to_vec()
    };
    (key, Box::new(sign))
}

fn eddsa() -> (Vec<u8>, Signer) {
    let pair = Ed25519KeyPair::generate().expect("a key");
    let mut key = vec![0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21];
    key.extend(string(0x40, pair.public_key().as_ref()));
    (
        key,
        Box::new(move |message: &[u8]| pair.sign(message).as_ref().to_vec()),
    )
}

fn rs256() -> (Vec<u8>, Signer) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let mut key = vec![0xa4, 1, 3, 3, 0x39, 1, 0, 0x20];
    key.extend(string(
        0x40,
        pair.public_key().modulus().big_endian_without_leading_zero(),
    ));
    key.push(0x21);
    key.extend(string(
        0x40,
        pair.public_key().exponent().big_endian_without_leading_zero(),
    ));
    let sign = move |message: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("a signature");
        signature
    };
    (key, Box::new(sign))
}

#[test]
fn keys_of_every_kind_are_registered_and_used() {
    for (name, (key, sign)) in [("ES256", es256()), ("EdDSA", eddsa()), ("RS256", rs256())] {
        let data = authenticator_data(PRESENT | CREDENTIAL, 0, &credential(&key));
        assert_eq!(register(&data), Ok(key.clone()), "{name}");
        let response = assertion(PRESENT | VERIFIED, &sign);
        let verified = verifier()
            .verify_assertion(&CHALLENGE, &response, &key)
            .expect(name);
        assert_eq!((verified.sign_count, verified.user_verified), (9, true), "{name}");
        let mut spoiled = response.clone();
        spoiled.signature[10] ^= 1;
        assert!(
            verifier().verify_assertion(&CHALLENGE, &spoiled, &key).is_err(),
            "{name}"
        );
        let mut altered = response;
        altered.authenticator_data[36] ^= 1;
        assert!(
            verifier().verify_assertion(&CHALLENGE, &altered, &key).is_err(),
            "{name}"
        );
    }
}

#[test]
fn extensions_are_skipped_and_anything_else_behind_the_key_is_refused() {
    let (key, _) = es256();
    let mut announced = credential(&key);
    announced.extend([0xa1, 0x63, b'f', b'o', b'o', 0xf5]);
    let flags = PRESENT | CREDENTIAL;
    assert!(register(&authenticator_data(flags | EXTENSIONS, 0, &announced)).is_ok());
    assert!(register(&authenticator_data(flags, 0, &announced)).is_err());
    assert!(register(&authenticator_data(flags | EXTENSIONS, 0, &credential(&key))).is_err());
}

#[test]
fn flags_must_tell_of_somebody_and_not_contradict_each_other() {
    let (key, sign) = es256();
    for (flags, taken) in [
        (PRESENT, true),
        (PRESENT | ELIGIBLE | BACKED_UP, true),
        (PRESENT | ELIGIBLE, true),
        (PRESENT | BACKED_UP, false),
        (VERIFIED, false),
        (0, false),
    ] {
        let response = assertion(flags, &sign);
        let verified = verifier().verify_assertion(&CHALLENGE, &response, &key);
        assert_eq!(verified.is_ok(), taken, "{flags:#b}: {verified:?}");
        assert!(verified.is_err() || !verified.is_ok_and(|verified| verified.user_verified));
    }
}

#[test]
fn keys_that_cannot_verify_or_are_of_other_kinds_are_refused() {
    let (good, _) = es256();
    let change = |place: usize, octet: u8| {
        let mut key = good.clone();
        key[place] = octet;
        key
    };
    let mut off_the_curve = good.clone();
    off_the_curve[11..43].fill(0xff);
    let short_rsa = [
        &[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20][..],
        &string(0x40, &[0xff; 128]),
        &[0x21],
        &string(0x40, &[1, 0, 1]),
    ]
    .concat();
    for (name, key) in [
        ("another kind", change(2, 1)),
        ("another algorithm", change(4, 0x27)),
        ("another curve", change(6, 2)),
        ("a point off the curve", off_the_curve),
        ("an RSA key of 1024 bits", short_rsa),
        ("no map", vec![0x80]),
        ("a map without end", vec![0xbf]),
        (
            "a map of four thousand million",
            vec![0xba, 0xff, 0xff, 0xff, 0xff],
        ),
        ("nothing", vec![]),
    ] {
        let data = authenticator_data(PRESENT | CREDENTIAL, 0, &credential(&key));
        assert!(register(&data).is_err(), "{name}");
    }
}

#[test]
fn no_cut_or_change_of_one_octet_makes_it_panic_or_pass() {
    let (key, _) = es256();
    let data = authenticator_data(PRESENT | CREDENTIAL, 0, &credential(&key));
    for length in 0..data.len() {
        assert!(register(&data[..length]).is_err(), "cut to {length}");
    }
    for place in 0..data.len() {
        for octet in [0, 0x5b, 0x7f, 0x9f, 0xbf, 0xff] {
            let mut changed = data.clone();
            changed[place] = octet;
            // Many places may be anything; what counts is that none of them ends the process.
            let _ = register(&changed);
        }
    }
    for object in [
        vec![],
        vec![0xa0],
        vec![0xa1, 0x68],
        vec![0xff; 40],
        vec![0x9f; 2000],
    ] {
        assert!(register_object(object).is_err());
    }
}

#[test]
fn another_challenge_or_client_data_that_is_none_is_refused() {
    let (key, sign) = es256();
    let response = assertion(PRESENT, &sign);
    assert!(verifier().verify_assertion(&[8; 32], &response, &key).is_err());
    assert_eq!(
        verifier().challenge_of(&response.client_data),
        Some(CHALLENGE.to_vec())
    );
    for nonsense in [
        &b""[..],
        b"{}",
        b"[]",
        b"null",
        br#"{"type":1,"challenge":2,"origin":3}"#,
        &[0xff; 9],
    ] {
        assert_eq!(verifier().challenge_of(nonsense), None);
    }
}
