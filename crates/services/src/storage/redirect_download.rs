//! Sending a reader on to the object store.

use std::time::Duration;

use mainstay_domain::{BucketName, File, FileStatus};

use super::{StorageError, StorageService, blob::object_key};
use crate::ports::{Presign, PresignedMethod};

/// How long a reader has to follow. Whoever gets hold of the URL may read the octets until then.
const LASTS: Duration = Duration::from_secs(300);

/// How a file is given out.
#[derive(Debug, Clone)]
pub struct GivenOut {
    /// As what: the `Content-Type`.
    pub content_type: String,
    /// Whether to be shown or saved, and under which name: the `Content-Disposition`.
    pub content_disposition: String,
}

impl StorageService {
    /// Where the object store itself gives a file out, if readers are sent there and it can. Whoever
    /// asks has made sure that the file may be read, and is harmless without headers of ours.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "storage.redirect_download", skip_all)]
    pub async fn redirect_download(
        &self,
        bucket: &BucketName,
        file: &File,
        given_out: GivenOut,
    ) -> Result<Option<String>, StorageError> {
        if !self.settings.redirect_downloads || file.status != FileStatus::Ready {
            return Ok(None);
        }
        let presign = Presign {
            method: PresignedMethod::Get,
            lasts: LASTS,
            content_type: Some(given_out.content_type),
            content_disposition: Some(given_out.content_disposition),
        };
        let key = object_key(file.blob)?;
        Ok(self.ports.objects.presign(bucket, &key, &presign).await?)
    }
}
