//! Writing to a remote store.

use std::mem;

use async_trait::async_trait;
use bytes::Bytes;
use mainstay_services::ports::{ObjectError, ObjectWriter};
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload, path::Path};
use tokio::{runtime::Handle, task::JoinHandle};

use super::{failure::failed, remote::Remote};

/// A part under way.
type Sending = JoinHandle<Result<(), object_store::Error>>;

/// An object that is being written: at once if it fits one part, or else in parts, of which one
/// is sent while the next fills.
pub(super) struct CloudWriter {
    remote: Remote,
    path: Path,
    part_size: usize,
    part: Vec<u8>,
    upload: Option<Box<dyn MultipartUpload>>,
    sending: Option<Sending>,
    /// Whether no call failed or was broken off, after which octets would be missing.
    sound: bool,
}

impl CloudWriter {
    pub(super) fn new(remote: Remote, path: Path, part_size: usize) -> Self {
        Self {
            remote,
            path,
            part_size,
            part: Vec::new(),
            upload: None,
            sending: None,
            sound: true,
        }
    }

    fn check(&self) -> Result<(), ObjectError> {
        if self.sound {
            return Ok(());
        }
        Err(ObjectError::Unavailable("writing broke off before".to_owned()))
    }

    async fn take(&mut self, mut octets: Bytes) -> Result<(), ObjectError> {
        while !octets.is_empty() {
            // Only a part that others follow is sent: a short object needs no parts.
            if self.part.len() == self.part_size {
                self.send().await?;
            }
            let some = octets.split_to(octets.len().min(self.part_size - self.part.len()));
            self.part.extend_from_slice(&some);
        }
        Ok(())
    }

    /// Sends the part, once the one before has arrived.
    async fn send(&mut self) -> Result<(), ObjectError> {
        self.settle().await?;
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => {
                let begun = self
                    .remote
                    .store()
                    .put_multipart_opts(&self.path, Default::default());
                none.insert(begun.await.map_err(failed)?)
            }
        };
        let part = mem::replace(&mut self.part, Vec::with_capacity(self.part_size));
        self.sending = Some(tokio::spawn(upload.put_part(PutPayload::from(part))));
        Ok(())
    }

    /// Waits for the part under way.
    async fn settle(&mut self) -> Result<(), ObjectError> {
        let Some(sending) = &mut self.sending else {
            return Ok(());
        };
        let sent = sending.await;
        self.sending = None;
        match sent {
            Ok(sent) => sent.map_err(failed),
            Err(_) => Err(ObjectError::Unavailable("sending broke off".to_owned())),
        }
    }

    async fn complete(&mut self) -> Result<(), ObjectError> {
        if self.upload.is_none() {
            let payload = PutPayload::from(mem::take(&mut self.part));
            let put = self.remote.store().put(&self.path, payload).await;
            return put.map(drop).map_err(failed);
        }
        self.send().await?;
        self.settle().await?;
        if let Some(upload) = &mut self.upload {
            upload.complete().await.map_err(failed)?;
            self.upload = None;
        }
        Ok(())
    }
}

#[async_trait]
impl ObjectWriter for CloudWriter {
    async fn write(&mut self, octets: Bytes) -> Result<(), ObjectError> {
        self.check()?;
        self.sound = false;
        self.take(octets).await?;
        self.sound = true;
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), ObjectError> {
        self.check()?;
        self.complete().await
    }
}

impl Drop for CloudWriter {
    /// Has the parts thrown away that were sent. If that fails, the store's own rules must do
    /// it; docs/object-stores.md tells how.
    fn drop(&mut self) {
        let (Some(mut upload), Ok(runtime)) = (self.upload.take(), Handle::try_current()) else {
            return;
        };
        let sending = self.sending.take();
        runtime.spawn(async move {
            if let Some(sending) = sending {
                sending.abort();
                let _ = sending.await;
            }
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, "parts of a broken upload stay in the object store");
            }
        });
    }
}
