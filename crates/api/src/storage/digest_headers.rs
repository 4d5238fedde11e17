//! Checksums that come with a request.

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mainstay_domain::Sha256;

use crate::error::{ApiError, ErrorCode};

/// RFC 9530: of the body, and of what it represents. Bodies are not encoded here, so both are one.
const DIGESTS: [HeaderName; 2] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
];
/// What clients of S3 send.
const AMAZON: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");

/// The SHA-256 that a request announces. Checksums of other kinds are left alone, as RFC 9530 wants.
///
/// # Errors
/// `INVALID_HEADER` if one is no SHA-256, or two differ.
pub(super) fn announced(request: &HttpRequest) -> Result<Option<Sha256>, ApiError> {
    let mut sums = Vec::new();
    for name in &DIGESTS {
        for text in texts(request.headers(), name)? {
            for member in text.split(',') {
                if let Some(encoded) = sha256_member(member) {
                    sums.push(decode(encoded.trim_matches(':'))?);
                }
            }
        }
    }
    for text in texts(request.headers(), &AMAZON)? {
        sums.push(decode(text.trim())?);
    }
    let first = sums.first().copied();
    if sums.iter().any(|sum| Some(*sum) != first) {
        return Err(malformed("The checksums in the headers differ."));
    }
    Ok(first)
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Vec<&'a str>, ApiError> {
    let texts = headers.get_all(name).map(|value| value.to_str());
    texts
        .collect::<Result<_, _>>()
        .map_err(|_| malformed("A checksum in the headers cannot be read."))
}

/// `sha-256=:…:`, without parameters.
fn sha256_member(member: &str) -> Option<&str> {
    let (name, value) = member.trim().split_once('=')?;
    let value = value.split(';').next()?.trim();
    name.trim().eq_ignore_ascii_case("sha-256").then_some(value)
}

fn decode(encoded: &str) -> Result<Sha256, ApiError> {
    let octets = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|octets| octets.try_into().ok());
    octets
        .map(Sha256)
        .ok_or_else(|| malformed("A SHA-256 is 32 octets in base64."))
}

fn malformed(detail: &'static str) -> ApiError {
    ApiError::new(ErrorCode::INVALID_HEADER).detail(detail)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const SUM: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    fn read(headers: &[(&str, &str)]) -> Result<bool, ApiError> {
        let request = headers.iter().fold(TestRequest::put(), |request, (name, value)| {
            request.insert_header((*name, *value))
        });
        announced(&request.to_http_request()).map(|sum| sum.is_some())
    }

    #[test]
    fn a_checksum_is_read_from_every_header_that_carries_one() {
        let member = format!("sha-256=:{SUM}:");
        let both = format!("md5=:AAAA:, sha-256=:{SUM}:;a=1");
        assert!(matches!(read(&[("content-digest", &member)]), Ok(true)));
        assert!(matches!(read(&[("repr-digest", &both)]), Ok(true)));
        assert!(matches!(read(&[("x-amz-checksum-sha256", SUM)]), Ok(true)));
        assert!(matches!(read(&[("content-digest", "sha-512=:AAAA:")]), Ok(false)));
        assert!(read(&[("content-digest", "sha-256=:AAAA:")]).is_err());
        let other = "sha-256=:AAAAQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        assert!(read(&[("content-digest", &member), ("repr-digest", other)]).is_err());
    }
}
