//! Taking a part in as it comes.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    http::header::CONTENT_LENGTH,
    web::{Bytes, Payload},
};
use mainstay_domain::{Origin, Principal, ResumableUpload, UploadId};
use mainstay_services::storage::{Appending, NewPart, StorageError, StorageService};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tracing::Instrument as _;

use super::protocol::checksum;
use crate::{
    error::{ApiError, ErrorCode},
    middleware::Patience,
    storage::receive::{broke_off, patience, refuse_encoded},
};

/// How long the object store may take to put a large file together.
const COMPLETING: Duration = Duration::from_secs(3600);

/// What comes over the line. When it is cut, nothing comes any more, not even the end.
enum Piece {
    Octets(Bytes),
    End,
}

/// A request with a part in its body.
pub(super) struct Incoming<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) body: Payload,
    pub(super) upload: UploadId,
    pub(super) offset: u64,
}

/// Takes a part in. It is a task of its own that keeps it: when the client goes away, the handler is
/// dropped in the middle, and what came is to be kept all the same.
pub(super) async fn take_in(
    storage: &Arc<StorageService>,
    caller: &Arc<Principal>,
    incoming: Incoming<'_>,
    origin: Origin,
) -> Result<ResumableUpload, ApiError> {
    let request = incoming.request;
    refuse_encoded(request)?;
    let length = request.headers().get(CONTENT_LENGTH);
    let part = NewPart {
        upload: incoming.upload,
        offset: incoming.offset,
        length: length.and_then(|length| length.to_str().ok()?.parse().ok()),
        checksum: checksum(request)?,
    };
    let (sender, receiver) = channel(1);
    let (storage, caller) = (Arc::clone(storage), Arc::clone(caller));
    let keeping = async move { keep(&storage, &caller, part, (receiver, &origin)).await };
    let keeping = tokio::spawn(keeping.in_current_span());
    let patience = patience(request);
    let fed = feed(sender, incoming.body, &patience).await;
    patience.extend(COMPLETING);
    let kept = keeping.await.map_err(|error| {
        tracing::error!(%error, "a part could not be taken in");
        ApiError::new(ErrorCode::INTERNAL)
    })?;
    let upload = kept?;
    fed.map(|()| upload)
}

/// Hands octets on until they end. Whoever keeps them may not want any more, and says why.
async fn feed(sender: Sender<Piece>, mut body: Payload, patience: &Patience) -> Result<(), ApiError> {
    loop {
        let piece = match patience.next_part(&mut body).await? {
            Some(octets) => Piece::Octets(octets.map_err(broke_off)?),
            None => Piece::End,
        };
        let ended = matches!(piece, Piece::End);
        patience.extend(COMPLETING);
        if sender.send(piece).await.is_err() || ended {
            return Ok(());
        }
        patience.renew();
    }
}

async fn keep(
    storage: &StorageService,
    caller: &Principal,
    part: NewPart,
    (mut receiver, origin): (Receiver<Piece>, &Origin),
) -> Result<ResumableUpload, StorageError> {
    let id = part.upload;
    let mut appending = storage.begin_append(caller, part).await?;
    match drain(&mut appending, &mut receiver).await {
        Ok(true) => appending.finish(caller, origin).await,
        Ok(false) => {
            appending.break_off().await?;
            storage.get_upload(caller, id).await
        }
        Err(error) => {
            appending.give_up().await;
            Err(error)
        }
    }
}

/// Whether the end came, too.
async fn drain(appending: &mut Appending<'_>, receiver: &mut Receiver<Piece>) -> Result<bool, StorageError> {
    while let Some(piece) = receiver.recv().await {
        match piece {
            Piece::Octets(octets) => appending.write(octets).await?,
            Piece::End => return Ok(true),
        }
    }
    Ok(false)
}
