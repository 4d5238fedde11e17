//! Taking a picture in.

use std::fmt::Display;

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::CONTENT_LENGTH,
    web::{Bytes, BytesMut},
};
use futures::Stream;

use crate::{
    error::{ApiError, ErrorCode},
    storage::{broke_off, patience, refuse_encoded},
};

/// What the head of a request may say about a picture. Which picture it is, the octets tell.
pub(super) fn refuse_other_types(request: &HttpRequest) -> Result<(), ApiError> {
    refuse_encoded(request)?;
    let declared = request.content_type().to_ascii_lowercase();
    let picture = declared.starts_with("image/") && !declared.starts_with("image/svg");
    if declared.is_empty() || declared == "application/octet-stream" || picture {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE)
        .detail("The body must be a picture and nothing else."))
}

/// The whole body, of `most` octets at most. As with files, only a body that stands still
/// or drips runs out of time.
pub(super) async fn receive<S, E>(request: &HttpRequest, mut body: S, most: u64) -> Result<Bytes, ApiError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let patience = patience(request);
    let mut octets = BytesMut::new();
    loop {
        let Some(part) = patience.next_part(&mut body).await? else {
            return Ok(octets.freeze());
        };
        octets.extend_from_slice(&part.map_err(broke_off)?);
        if octets.len() as u64 > most {
            return Err(too_large(most));
        }
        patience.renew();
    }
}

fn too_large(most: u64) -> ApiError {
    ApiError::new(ErrorCode::PAYLOAD_TOO_LARGE).detail(format!("A picture may have {most} octets."))
}
