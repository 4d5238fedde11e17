//! The headers of tus 1.0 (<https://tus.io/protocols/resumable-upload>).

use std::time::SystemTime;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{HeaderMap, HeaderName, HeaderValue, HttpDate},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mainstay_domain::{ResumableUpload, UploadId};
use mainstay_services::storage::PartChecksum;

use crate::error::{ApiError, ErrorCode};

/// The only version there is.
pub(super) const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The type of parts.
pub(super) const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// Adds the version to an answer, refusals included.
pub(super) fn tus(answer: Result<HttpResponse, ApiError>) -> Result<HttpResponse, ApiError> {
    match answer {
        Ok(mut answer) => {
            answer.headers_mut().insert(TUS_RESUMABLE, VERSION);
            Ok(answer)
        }
        Err(error) => {
            let mut headers = HeaderMap::new();
            headers.insert(TUS_RESUMABLE, VERSION);
            Err(error.headers(headers))
        }
    }
}

/// Goes on only with a client that speaks this version.
///
/// # Errors
/// `TUS_VERSION_UNSUPPORTED`.
pub(super) fn check_version(request: &HttpRequest) -> Result<(), ApiError> {
    if request.headers().get(TUS_RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    let mut headers = HeaderMap::new();
    headers.insert(TUS_VERSION, VERSION);
    Err(ApiError::new(ErrorCode::TUS_VERSION_UNSUPPORTED).headers(headers))
}

/// Goes on only if the body is a part.
///
/// # Errors
/// `UNSUPPORTED_MEDIA_TYPE`.
pub(super) fn check_media_type(request: &HttpRequest) -> Result<(), ApiError> {
    if request.content_type().eq_ignore_ascii_case(OFFSET_OCTET_STREAM) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE)
        .detail("Parts come as application/offset+octet-stream."))
}

/// Refuses extensions of the protocol that are not offered.
///
/// # Errors
/// `INVALID_HEADER`.
pub(super) fn check_extensions(request: &HttpRequest) -> Result<(), ApiError> {
    if request.headers().contains_key(UPLOAD_DEFER_LENGTH) {
        return Err(malformed("The length cannot be told later; send Upload-Length."));
    }
    if request.headers().contains_key(UPLOAD_CONCAT) {
        return Err(malformed("Uploads cannot be put together of others here."));
    }
    Ok(())
}

/// A number of octets that must be there. No more than fit into 63 bits.
///
/// # Errors
/// `INVALID_HEADER`.
pub(super) fn octets(request: &HttpRequest, name: &HeaderName) -> Result<u64, ApiError> {
    let mut values = request.headers().get_all(name);
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(malformed(format!("{name} must be sent once.")));
    };
    let digits = value
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|c| c.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse::<u64>().ok());
    let number = number.filter(|number| i64::try_from(*number).is_ok());
    number.ok_or_else(|| malformed(format!("{name} must be a number of octets.")))
}

/// The checksum of the part in the body.
///
/// # Errors
/// `INVALID_HEADER` if it is of another kind than those offered, too.
pub(super) fn checksum(request: &HttpRequest) -> Result<Option<PartChecksum>, ApiError> {
    let Some(value) = request.headers().get(UPLOAD_CHECKSUM) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let (kind, encoded) = text.split_once(' ').unwrap_or_default();
    let octets = STANDARD.decode(encoded.trim()).unwrap_or_default();
    let sum = match kind {
        "sha1" => octets.try_into().ok().map(PartChecksum::Sha1),
        "sha256" => octets.try_into().ok().map(PartChecksum::Sha256),
        _ => return Err(malformed("Upload-Checksum may be sha1 or sha256.")),
    };
    let sum = sum.ok_or_else(|| malformed("Upload-Checksum must be a name and a checksum in base64."))?;
    Ok(Some(sum))
}

/// Adds until when the upload can be resumed.
pub(super) fn expires(answer: &mut HttpResponseBuilder, upload: &ResumableUpload) {
    let date = HttpDate::from(SystemTime::from(upload.expires_at));
    answer.insert_header((UPLOAD_EXPIRES, date.to_string()));
}

/// Where an upload is found: a path, which is right behind any proxy.
pub(super) fn location(id: UploadId) -> String {
    format!("/api/v1/storage/uploads/{id}")
}

pub(super) fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::new(ErrorCode::INVALID_HEADER).detail(detail)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn with(name: &'static str, value: &str) -> HttpRequest {
        TestRequest::patch()
            .insert_header((name, value))
            .to_http_request()
    }

    #[test]
    fn only_plain_numbers_of_octets_are_taken() {
        for raw in ["", "+1", "-1", "1 ", "0x1", "1.0", "9223372036854775808"] {
            assert!(
                octets(&with("upload-offset", raw), &UPLOAD_OFFSET).is_err(),
                "{raw:?}"
            );
        }
        let most = with("upload-offset", "9223372036854775807");
        assert!(matches!(
            octets(&most, &UPLOAD_OFFSET),
            Ok(9_223_372_036_854_775_807)
        ));
        assert!(octets(&most, &UPLOAD_LENGTH).is_err());
    }

    #[test]
    fn checksums_are_of_a_kind_and_a_length_that_are_known() {
        let sum = |value: &str| checksum(&with("upload-checksum", value));
        let kept = sum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
        assert!(matches!(kept, Ok(Some(PartChecksum::Sha1(_)))));
        for raw in [
            "md5 AAAA",
            "sha1",
            "sha1 AAAA",
            "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
            "",
        ] {
            assert!(sum(raw).is_err(), "{raw:?}");
        }
    }
}
