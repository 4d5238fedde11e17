//! `Upload-Metadata`: names with values in base64.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mainstay_domain::{BucketName, ObjectKey, Sha256, parse_metadata};
use mainstay_services::storage::NewResumable;

use super::protocol::{UPLOAD_LENGTH, UPLOAD_METADATA, malformed, octets};
use crate::{
    error::{ApiError, FieldErrors},
    storage::receive::declared,
};

/// The field that a refusal names.
const FIELD: &str = "Upload-Metadata";

/// What the head of a request announces.
///
/// # Errors
/// `INVALID_HEADER`, `VALIDATION_FAILED`.
pub(super) fn announced(request: &HttpRequest) -> Result<NewResumable, ApiError> {
    let length = octets(request, &UPLOAD_LENGTH)?;
    let header = match request.headers().get(UPLOAD_METADATA) {
        Some(value) => value.to_str().map_err(|_| unreadable())?,
        None => "",
    };
    let mut named = parse(header)?;
    let mut errors = FieldErrors::new();
    let bucket = match named.remove("bucket") {
        Some(name) => errors.check("Upload-Metadata.bucket", BucketName::parse(&name)),
        None => {
            errors.add("Upload-Metadata.bucket", "REQUIRED", "is required");
            None
        }
    };
    let key = errors.check("Upload-Metadata.key", ObjectKey::parse(&key_of(&mut named)));
    let declared_type = named.remove("filetype").and_then(|kind| declared(&kind));
    let sha256 = named
        .remove("sha256")
        .map(|digits| Sha256::parse(&digits))
        .transpose()
        .map_err(|error| ApiError::invalid("Upload-Metadata.sha256", &error))?;
    let metadata = errors.check(FIELD, parse_metadata(named));
    let (bucket, key, metadata) = errors.all((bucket, key, metadata))?;
    Ok(NewResumable {
        bucket,
        key,
        length,
        declared_type,
        metadata,
        sha256,
        announced: header.to_owned(),
    })
}

/// A file name never makes folders: some clients send whole paths of theirs.
fn key_of(named: &mut BTreeMap<String, String>) -> String {
    if let Some(key) = named.remove("key") {
        return key;
    }
    let sent = named.remove("filename").unwrap_or_default();
    sent.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn parse(header: &str) -> Result<BTreeMap<String, String>, ApiError> {
    let mut named = BTreeMap::new();
    for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, encoded) = pair.split_once(' ').unwrap_or((pair, ""));
        let octets = STANDARD.decode(encoded.trim()).map_err(|_| unreadable())?;
        let value = String::from_utf8(octets).map_err(|_| unreadable())?;
        if named.insert(name.to_owned(), value).is_some() {
            return Err(malformed("Upload-Metadata names something twice."));
        }
    }
    Ok(named)
}

fn unreadable() -> ApiError {
    malformed("Upload-Metadata must be names with UTF-8 in base64, parted by commas.")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(metadata: &str) -> Result<NewResumable, ApiError> {
        let request = TestRequest::post()
            .insert_header(("upload-length", "5"))
            .insert_header(("upload-metadata", metadata));
        announced(&request.to_http_request())
    }

    fn pair(name: &str, value: &str) -> String {
        format!("{name} {}", STANDARD.encode(value))
    }

    #[test]
    fn names_and_values_become_a_place_a_type_and_metadata() {
        let header = [
            pair("bucket", "reports"),
            pair("filename", "C:\\Users\\ada\\Käse.pdf"),
            pair("filetype", "application/pdf"),
            pair("quarter", "3"),
            "confidential".to_owned(),
        ];
        let header = header.join(",");
        let new = read(&header).unwrap();
        assert_eq!((new.bucket.as_str(), new.key.as_str()), ("reports", "Käse.pdf"));
        assert_eq!(new.declared_type.unwrap().as_str(), "application/pdf");
        let expected = [("confidential", ""), ("quarter", "3")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(new.metadata, expected.into());
        assert_eq!((new.length, new.announced), (5, header));
    }

    #[test]
    fn a_header_that_cannot_be_read_is_refused() {
        for header in ["bucket ###", "bucket /w==", "a,a", ""] {
            assert!(read(header).is_err(), "{header:?} was accepted");
        }
        let place = [pair("bucket", "reports"), pair("key", "a/b")].join(",");
        assert!(read(&place).is_ok());
        for sum in ["", "ab", "+1", &"g".repeat(64)] {
            let header = format!("{place},{}", pair("sha256", sum));
            assert!(read(&header).is_err(), "{sum:?} was accepted");
        }
        let sum = pair("sha256", &"0aF".repeat(22)[..64]);
        assert!(read(&format!("{place},{sum}")).unwrap().sha256.is_some());
    }
}
