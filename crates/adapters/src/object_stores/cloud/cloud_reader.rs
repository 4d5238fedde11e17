//! Reading from a remote store.

use futures::{StreamExt, TryStreamExt, stream};
use mainstay_services::ports::{ObjectError, ObjectRead, ObjectStream};
use object_store::GetResult;

use super::failure::failed;

/// What the store answers, held to the length it promised.
pub(super) fn read(answer: GetResult) -> ObjectRead {
    let (size, length) = (answer.meta.size, answer.range.end - answer.range.start);
    ObjectRead {
        size,
        body: whole(answer.into_stream().map_err(failed).boxed(), length),
    }
}

/// Nothing of an object of this size.
pub(super) fn nothing(size: u64) -> ObjectRead {
    ObjectRead {
        size,
        body: Box::pin(stream::empty()),
    }
}

/// The same octets; a failure behind them if they are not as many as promised, so that a
/// connection that was closed too early never looks like a shorter object.
fn whole(body: ObjectStream, length: u64) -> ObjectStream {
    Box::pin(stream::try_unfold(
        (body, length),
        |(mut body, left)| async move {
            let Some(octets) = body.next().await.transpose()? else {
                return if left == 0 { Ok(None) } else { Err(broken("few")) };
            };
            let left = left
                .checked_sub(octets.len() as u64)
                .ok_or_else(|| broken("many"))?;
            Ok(Some((octets, (body, left))))
        },
    ))
}

fn broken(how: &str) -> ObjectError {
    ObjectError::Unavailable(format!("the store sent too {how} octets"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    async fn read(pieces: &[&'static str], length: u64) -> Result<Vec<Bytes>, ObjectError> {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
            .collect();
        whole(Box::pin(stream::iter(pieces)), length).try_collect().await
    }

    #[tokio::test]
    async fn a_body_of_another_length_than_promised_is_a_failure() {
        assert_eq!(read(&["ab", "c"], 3).await.unwrap().concat(), b"abc");
        assert_eq!(read(&[], 0).await.unwrap().len(), 0);
        assert!(read(&["ab"], 3).await.is_err());
        assert!(read(&["ab", "cd"], 3).await.is_err());
        assert!(read(&[], 1).await.is_err());
    }
}
