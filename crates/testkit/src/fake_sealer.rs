//! Sealing that hides nothing.

use std::fmt::Write;

use mainstay_services::ports::{SealError, Sealer};

/// Writes secrets in hexadecimal digits behind their purpose; for tests only.
pub struct FakeSealer;

impl Sealer for FakeSealer {
    fn seal(&self, purpose: &str, secret: &[u8]) -> Result<String, SealError> {
        let mut sealed = format!("{purpose}|");
        for octet in secret {
            write!(sealed, "{octet:02x}").map_err(|_| SealError::Seal)?;
        }
        Ok(sealed)
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let (sealed_for, digits) = sealed.split_once('|').ok_or(SealError::Open)?;
        if sealed_for != purpose {
            return Err(SealError::Open);
        }
        let octet = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let octets = (0..digits.len()).step_by(2).map(octet);
        octets.collect::<Option<_>>().ok_or(SealError::Open)
    }
}
