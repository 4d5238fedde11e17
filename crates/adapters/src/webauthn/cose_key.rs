//! Public keys as authenticators write them (RFC 9052 section 7, RFC 9053, RFC 8230).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use mainstay_services::ports::PasskeyError;
use minicbor::{Decoder, data::Type};

/// ECDSA on P-256 with SHA-256.
pub(super) const ES256: i64 = -7;
/// EdDSA, here always Ed25519.
pub(super) const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256; what Windows Hello on older hardware makes.
pub(super) const RS256: i64 = -257;

const OCTET_KEY_PAIR: i64 = 1;
const ELLIPTIC_CURVE: i64 = 2;
const RSA: i64 = 3;
const P256: i64 = 1;
const CURVE_ED25519: i64 = 6;
/// A key has five members at most; more would be somebody's attempt to keep us busy.
const MAX_MEMBERS: u64 = 8;

/// A public key whose octets have the right form.
pub(super) enum CoseKey<'a> {
    /// The point, uncompressed.
    Es256([u8; 65]),
    Ed25519(&'a [u8]),
    Rs256 {
        n: &'a [u8],
        e: &'a [u8],
    },
}

/// The members of a key. The labels -1, -2 and -3 mean something else for each kind of key.
#[derive(Default)]
struct Members<'a> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    first: Option<&'a [u8]>,
    second: Option<&'a [u8]>,
    third: Option<&'a [u8]>,
}

impl<'a> CoseKey<'a> {
    /// The key at the beginning of `data`, and its length.
    pub(super) fn parse(data: &'a [u8]) -> Result<(Self, usize), PasskeyError> {
        let (members, length) = Members::parse(data).ok_or(PasskeyError("a key that is no COSE key"))?;
        let key = members
            .key()
            .ok_or(PasskeyError("a key of a kind that is not taken"))?;
        Ok((key, length))
    }

    /// Goes on only with a key that can verify: a point that is on its curve.
    pub(super) fn check(&self) -> Result<(), PasskeyError> {
        let usable = match self {
            Self::Es256(point) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).is_ok(),
            Self::Ed25519(x) => ParsedPublicKey::new(&ED25519, x).is_ok(),
            Self::Rs256 { n, e } => (256..=1024).contains(&n.len()) && (1..=8).contains(&e.len()),
        };
        if usable {
            Ok(())
        } else {
            Err(PasskeyError("a key that cannot verify"))
        }
    }

    /// Goes on only with this key's signature.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyError> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(x) => UnparsedPublicKey::new(&ED25519, x).verify(message, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| PasskeyError("a signature that is not the key's"))
    }
}

impl<'a> Members<'a> {
    fn parse(data: &'a [u8]) -> Option<(Self, usize)> {
        let mut decoder = Decoder::new(data);
        let mut members = Self::default();
        let count = decoder.map().ok()?.filter(|count| *count <= MAX_MEMBERS)?;
        for _ in 0..count {
            let label = decoder.i64().ok()?;
            match (label, decoder.datatype().ok()?) {
                (1, _) => members.kind = Some(decoder.i64().ok()?),
                (3, _) => members.algorithm = Some(decoder.i64().ok()?),
                (-1, Type::Bytes) => members.first = Some(decoder.bytes().ok()?),
                (-1, _) => members.curve = Some(decoder.i64().ok()?),
                (-2, _) => members.second = Some(decoder.bytes().ok()?),
                (-3, Type::Bytes) => members.third = Some(decoder.bytes().ok()?),
                _ => decoder.skip().ok()?,
            }
        }
        Some((members, decoder.position()))
    }

    /// The key, if kind, algorithm and curve belong together.
    fn key(self) -> Option<CoseKey<'a>> {
        match (self.kind?, self.algorithm?) {
            (ELLIPTIC_CURVE, ES256) if self.curve == Some(P256) => {
                let (x, y) = (self.second?, self.third?);
                let mut point = [4; 65];
                point[1..33].copy_from_slice(exactly_32(x)?);
                point[33..].copy_from_slice(exactly_32(y)?);
                Some(CoseKey::Es256(point))
            }
            (OCTET_KEY_PAIR, EDDSA) if self.curve == Some(CURVE_ED25519) => {
                exactly_32(self.second?).map(CoseKey::Ed25519)
            }
            (RSA, RS256) => Some(CoseKey::Rs256 {
                n: self.first?,
                e: self.second?,
            }),
            _ => None,
        }
    }
}

fn exactly_32(octets: &[u8]) -> Option<&[u8]> {
    Some(octets).filter(|octets| octets.len() == 32)
}
