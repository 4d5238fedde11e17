//! Work that waits for a disk, and what its failures mean.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use mainstay_services::ports::ObjectError;
use tokio::{task::spawn_blocking, time::timeout};

/// A disk that is silent for so long will not speak again. Making a large file durable may take
/// minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// Does it on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ObjectError> + Send + 'static,
) -> Result<T, ObjectError> {
    joined(spawn_blocking(work)).await
}

/// What came of work on such a thread.
pub(super) async fn joined<T>(
    work: impl Future<Output = Result<Result<T, ObjectError>, tokio::task::JoinError>>,
) -> Result<T, ObjectError> {
    match timeout(PATIENCE, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(ObjectError::Unavailable("work on the disk broke off".to_owned())),
        Err(_) => Err(ObjectError::Unavailable("the disk does not answer".to_owned())),
    }
}

/// What a failure of the file system means.
pub(super) fn failed(error: io::Error) -> ObjectError {
    match error.kind() {
        ErrorKind::NotFound => ObjectError::NotFound,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            ObjectError::Full(error.to_string())
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            ObjectError::Refused(error.to_string())
        }
        _ => ObjectError::Unavailable(error.to_string()),
    }
}
