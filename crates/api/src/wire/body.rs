//! The body of an answer, watched until it is written.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use pin_project_lite::pin_project;

use super::conversation::UnderWay;

pin_project! {
    /// A body that tells the connection how it ends.
    pub(super) struct WatchedBody<B> {
        #[pin]
        body: B,
        answer: Option<UnderWay>,
    }
}

impl<B> WatchedBody<B> {
    pub(super) fn new(body: B, answer: Option<UnderWay>) -> Self {
        Self { body, answer }
    }
}

impl<B: MessageBody> MessageBody for WatchedBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        let this = self.project();
        let part = ready!(this.body.poll_next(cx));
        if let (Some(Ok(octets)), Some(answer)) = (&part, this.answer) {
            answer.writes(octets);
        }
        Poll::Ready(part)
    }
}
