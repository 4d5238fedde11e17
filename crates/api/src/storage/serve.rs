//! Giving a file out.

use std::{ops::Range, sync::Arc, time::SystemTime};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{
        StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, HttpDate,
            IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED,
            LOCATION, RANGE,
        },
    },
    web::Bytes,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use mainstay_domain::{BucketName, File};
use mainstay_services::{
    ports::{ObjectError, ObjectStream},
    storage::{GivenOut, StorageError, StorageService},
};

use super::{
    disposition::disposition,
    ranges::{Wanted, wanted},
};
use crate::{
    error::{ApiError, ErrorCode},
    extract::{ETag, IfMatch, IfNoneMatch},
    middleware::RequestContext,
};

/// What browsers show without running anything. All else is to be saved.
const SHOWN: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
    PDF,
    "text/plain",
];
const PDF: &str = "application/pdf";
/// What browsers show and never take for anything else, whatever headers are missing.
const HARMLESS: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
];
/// Whatever a file holds, nothing of it runs, and nothing is loaded on its behalf.
const SANDBOX: &str =
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";
/// Browsers show no PDF in a sandbox; what it may run, it runs in the viewer and not in a page.
const FOR_PDF: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'";
/// The parts of an answer with several ranges end where this stands. It need not be absent from the
/// octets: each part tells its length.
const BOUNDARY: &str = "mainstay-range-7f3a9c51d0b24e68";

/// Who may keep a copy on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept {
    /// The client alone.
    Private,
    /// Everybody; but asks whether it still is the same each time.
    Public,
}

/// A file to be given out.
pub(super) struct Serving {
    /// Reads it.
    pub(super) storage: Arc<StorageService>,
    /// The bucket that it is in.
    pub(super) bucket: BucketName,
    /// The file.
    pub(super) file: File,
    /// Whether it is to be saved whatever its type.
    pub(super) attachment: bool,
    /// Who may keep a copy.
    pub(super) kept: Kept,
}

/// The conditions of a request.
pub(super) type Conditions = (IfMatch, IfNoneMatch);

impl Serving {
    /// The answer: the whole, a part, several parts, 304, 412 or 416.
    ///
    /// # Errors
    /// `PRECONDITION_FAILED`, `RANGE_NOT_SATISFIABLE`, `FILE_QUARANTINED`, what the store says.
    pub(super) async fn answer(
        self,
        request: &HttpRequest,
        conditions: &Conditions,
    ) -> Result<HttpResponse, ApiError> {
        let tag = ETag::of_octets(&self.file.sha256);
        if self.is_known(request.headers(), conditions, &tag)? {
            return Ok(self.head(StatusCode::NOT_MODIFIED, &tag).finish());
        }
        let (size, wanted) = (self.size(), self.range(request.headers(), &tag));
        if let Some(elsewhere) = self.elsewhere(request, &wanted).await? {
            return Ok(elsewhere);
        }
        match wanted {
            Wanted::Whole => self.send(request, (StatusCode::OK, &tag), None).await,
            Wanted::Nothing => Err(unsatisfiable(size)),
            Wanted::Parts(parts) => match <[Range<u64>; 1]>::try_from(parts) {
                Ok([part]) => {
                    self.send(request, (StatusCode::PARTIAL_CONTENT, &tag), Some(part))
                        .await
                }
                Err(parts) => self.send_parts(request, &tag, &parts).await,
            },
        }
    }

    fn size(&self) -> u64 {
        self.file.size.unsigned_abs()
    }

    /// Whether the client has it already, in the order of RFC 9110 section 13.2.2.
    fn is_known(
        &self,
        headers: &HeaderMap,
        (if_match, if_none_match): &Conditions,
        tag: &ETag,
    ) -> Result<bool, ApiError> {
        let changed = self.changed_at();
        if if_match.is_present() {
            if_match.check(tag)?;
        } else if date(headers, &IF_UNMODIFIED_SINCE).is_some_and(|since| changed > since) {
            return Err(ApiError::new(ErrorCode::PRECONDITION_FAILED));
        }
        if if_none_match.is_present() {
            return Ok(if_none_match.matches(tag));
        }
        Ok(date(headers, &IF_MODIFIED_SINCE).is_some_and(|since| changed <= since))
    }

    /// A range counts only if the client's part is of the same file.
    fn range(&self, headers: &HeaderMap, tag: &ETag) -> Wanted {
        let condition = headers.get(IF_RANGE).and_then(|value| value.to_str().ok());
        let same = condition.is_none_or(|text| {
            text == tag.as_str()
                || text
                    .parse()
                    .is_ok_and(|date: HttpDate| self.changed_at() == SystemTime::from(date))
        });
        let header = headers.get(RANGE).filter(|_| same);
        wanted(header.and_then(|value| value.to_str().ok()), self.size())
    }

    /// When it last changed, in whole seconds, which is all that HTTP can say.
    fn changed_at(&self) -> SystemTime {
        let seconds = u64::try_from(self.file.updated_at.timestamp()).unwrap_or_default();
        SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)
    }

    /// Whether it is to be saved, because somebody wants that or it must not be shown.
    fn is_attachment(&self) -> bool {
        self.attachment || !SHOWN.contains(&self.file.media_type.as_str())
    }

    /// Sends the client on to the object store, if that may answer. There is no policy and no
    /// `nosniff` there: what is not to be saved must be harmless by its type alone. Conditions are
    /// ours to judge, the store knows the octets by other tags; and no store sends several ranges.
    async fn elsewhere(
        &self,
        request: &HttpRequest,
        wanted: &Wanted,
    ) -> Result<Option<HttpResponse>, ApiError> {
        let one_piece = match wanted {
            Wanted::Whole => self.file.size > 0,
            Wanted::Parts(parts) => parts.len() == 1,
            Wanted::Nothing => false,
        };
        let harmless = self.is_attachment() || HARMLESS.contains(&self.file.media_type.as_str());
        let headers = request.headers();
        // Clients forget a bearer token on their way to another host, but no header of this kind.
        let brings_key = headers.contains_key("x-api-key");
        if !one_piece || !harmless || is_head(request) || is_conditional(headers) || brings_key {
            return Ok(None);
        }
        let given_out = GivenOut {
            content_type: self.content_type(),
            content_disposition: disposition(self.is_attachment(), self.file.key.file_name()),
        };
        let found = self
            .storage
            .redirect_download(&self.bucket, &self.file, given_out);
        Ok(found.await?.map(|url| {
            HttpResponse::TemporaryRedirect()
                .insert_header((LOCATION, url))
                .insert_header((CACHE_CONTROL, "private, no-store"))
                .finish()
        }))
    }

    fn head(&self, status: StatusCode, tag: &ETag) -> HttpResponseBuilder {
        let kind = self.file.media_type.as_str();
        let attachment = self.is_attachment();
        let policy = if kind == PDF && !attachment {
            FOR_PDF
        } else {
            SANDBOX
        };
        let cache = match self.kept {
            Kept::Private => "private, no-cache",
            Kept::Public => "public, no-cache",
        };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((ETAG, tag.as_str()))
            .insert_header((LAST_MODIFIED, HttpDate::from(self.changed_at())))
            .insert_header((ACCEPT_RANGES, "bytes"))
            .insert_header((CACHE_CONTROL, cache))
            // Compressed on the way, the octets would be others than the tag and the range tell of.
            .insert_header((CONTENT_ENCODING, "identity"))
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .insert_header((
                CONTENT_DISPOSITION,
                disposition(attachment, self.file.key.file_name()),
            ));
        response
    }

    fn content_type(&self) -> String {
        match self.file.media_type.as_str() {
            kind if kind.starts_with("text/") => format!("{kind}; charset=utf-8"),
            kind => kind.to_owned(),
        }
    }

    async fn send(
        self,
        request: &HttpRequest,
        (status, tag): (StatusCode, &ETag),
        part: Option<Range<u64>>,
    ) -> Result<HttpResponse, ApiError> {
        let size = self.size();
        let length = part.as_ref().map_or(size, |part| part.end - part.start);
        let mut response = self.head(status, tag);
        response.insert_header((CONTENT_TYPE, self.content_type()));
        if let Some(part) = &part {
            response.insert_header((CONTENT_RANGE, content_range(part, size)));
        }
        let body = if is_head(request) {
            stream::empty().boxed()
        } else {
            self.read(part).await?
        };
        Ok(response.body(SizedStream::new(length, body)))
    }

    /// Several ranges as `multipart/byteranges`. Each is opened when the one before has been sent.
    async fn send_parts(
        self,
        request: &HttpRequest,
        tag: &ETag,
        parts: &[Range<u64>],
    ) -> Result<HttpResponse, ApiError> {
        let (size, kind) = (self.size(), self.content_type());
        let mut pieces = Vec::new();
        for part in parts {
            let range = content_range(part, size);
            let head = format!("\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {range}\r\n\r\n");
            pieces.push((head, Some(part.clone())));
        }
        pieces.push((format!("\r\n--{BOUNDARY}--\r\n"), None));
        let octets = |(head, part): &(String, Option<Range<u64>>)| {
            head.len() as u64 + part.as_ref().map_or(0, |part| part.end - part.start)
        };
        let length = pieces.iter().map(octets).sum();
        let mut response = self.head(StatusCode::PARTIAL_CONTENT, tag);
        response.insert_header((CONTENT_TYPE, format!("multipart/byteranges; boundary={BOUNDARY}")));
        let body: ObjectStream = if is_head(request) {
            stream::empty().boxed()
        } else {
            let serving = Arc::new(self);
            let pieces = stream::iter(pieces).then(move |piece| open(Arc::clone(&serving), piece));
            pieces.try_flatten().boxed()
        };
        Ok(response.body(SizedStream::new(length, body)))
    }

    async fn read(&self, part: Option<Range<u64>>) -> Result<ObjectStream, StorageError> {
        if self.file.size == 0 {
            return Ok(stream::empty().boxed());
        }
        Ok(self.storage.read_file(&self.bucket, &self.file, part).await?.body)
    }
}

/// A head of a part, and the part behind it.
async fn open(
    serving: Arc<Serving>,
    (head, part): (String, Option<Range<u64>>),
) -> Result<ObjectStream, ObjectError> {
    let head = stream::iter([Ok(Bytes::from(head))]);
    let Some(part) = part else { return Ok(head.boxed()) };
    let read = serving.read(Some(part)).await;
    let read = read.map_err(|error| ObjectError::Unavailable(error.to_string()))?;
    Ok(head.chain(read).boxed())
}

fn content_range(part: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", part.start, part.end - 1)
}

fn unsatisfiable(size: u64) -> ApiError {
    let mut headers = HeaderMap::new();
    if let Ok(range) = HeaderValue::try_from(format!("bytes */{size}")) {
        headers.insert(CONTENT_RANGE, range);
    }
    ApiError::new(ErrorCode::RANGE_NOT_SATISFIABLE).headers(headers)
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let date: HttpDate = headers.get(name)?.to_str().ok()?.parse().ok()?;
    Some(date.into())
}

/// Whether the answer depends on what the client has.
fn is_conditional(headers: &HeaderMap) -> bool {
    let conditions = [
        IF_MATCH,
        IF_NONE_MATCH,
        IF_MODIFIED_SINCE,
        IF_UNMODIFIED_SINCE,
        IF_RANGE,
    ];
    conditions.iter().any(|name| headers.contains_key(name))
}

/// Only the head is wanted: there is no need to read octets that nobody gets.
pub(crate) fn is_head(request: &HttpRequest) -> bool {
    let extensions = request.extensions();
    extensions
        .get::<RequestContext>()
        .is_some_and(|context| context.is_head)
}
