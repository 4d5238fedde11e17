//! What the authenticator says about itself (WebAuthn section 6.1).

use aws_lc_rs::digest::{SHA256, digest};
use mainstay_services::ports::PasskeyError;
use minicbor::Decoder;

use super::cose_key::CoseKey;

const RP_ID_HASH: usize = 32;
const HEADER: usize = RP_ID_HASH + 1 + 4;
const AAGUID: usize = 16;

/// Bits of the flags.
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const CREDENTIAL_INCLUDED: u8 = 1 << 6;
const EXTENSIONS_INCLUDED: u8 = 1 << 7;

/// Authenticator data, cut into its parts.
pub(super) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8],
    flags: u8,
    pub(super) sign_count: i64,
    /// The new credential, at a registration.
    pub(super) credential: Option<NewCredential<'a>>,
}

/// A credential that was just made.
pub(super) struct NewCredential<'a> {
    pub(super) id: &'a [u8],
    /// The octets of the `COSE_Key`, which was found to be one.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, PasskeyError> {
        let short = PasskeyError("authenticator data that is too short");
        let (header, rest) = data.split_at_checked(HEADER).ok_or(short)?;
        let (rp_id_hash, header) = header.split_at(RP_ID_HASH);
        let (flags, count) = header.split_first().ok_or(short)?;
        let count = count
            .iter()
            .fold(0_i64, |count, octet| count << 8 | i64::from(*octet));
        let (credential, rest) = if flags & CREDENTIAL_INCLUDED == 0 {
            (None, rest)
        } else {
            let (credential, rest) = NewCredential::split_off(rest)?;
            (Some(credential), rest)
        };
        check_end(rest, flags & EXTENSIONS_INCLUDED != 0)?;
        Ok(Self {
            rp_id_hash,
            flags: *flags,
            sign_count: count,
            credential,
        })
    }

    /// Goes on only with data for this relying party, from somebody who was there.
    pub(super) fn check(&self, rp_id: &str) -> Result<(), PasskeyError> {
        if self.rp_id_hash != digest(&SHA256, rp_id.as_bytes()).as_ref() {
            return Err(PasskeyError("another relying party"));
        }
        if !self.has(USER_PRESENT) {
            return Err(PasskeyError("nobody was there"));
        }
        if self.backed_up() && !self.backup_eligible() {
            return Err(PasskeyError("backed up without being eligible"));
        }
        Ok(())
    }

    pub(super) fn user_verified(&self) -> bool {
        self.has(USER_VERIFIED)
    }

    pub(super) fn backup_eligible(&self) -> bool {
        self.has(BACKUP_ELIGIBLE)
    }

    pub(super) fn backed_up(&self) -> bool {
        self.has(BACKED_UP)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl<'a> NewCredential<'a> {
    /// The credential at the beginning of `data`, and what follows it (section 6.5.1).
    fn split_off(data: &'a [u8]) -> Result<(Self, &'a [u8]), PasskeyError> {
        let short = PasskeyError("a credential that is cut off");
        let (_aaguid, data) = data.split_at_checked(AAGUID).ok_or(short)?;
        let (length, data) = data.split_first_chunk::<2>().ok_or(short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, data) = data.split_at_checked(length).ok_or(short)?;
        let (_, length) = CoseKey::parse(data)?;
        let (public_key, rest) = data.split_at_checked(length).ok_or(short)?;
        Ok((Self { id, public_key }, rest))
    }
}

/// Nothing may follow but the extensions that were announced.
fn check_end(rest: &[u8], extensions: bool) -> Result<(), PasskeyError> {
    let mut length = 0;
    if extensions {
        let mut decoder = Decoder::new(rest);
        decoder
            .skip()
            .map_err(|_| PasskeyError("extensions that are no CBOR"))?;
        length = decoder.position();
    }
    if length == rest.len() {
        return Ok(());
    }
    Err(PasskeyError("something follows the authenticator data"))
}
