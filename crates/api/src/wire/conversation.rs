//! Who wrote what is on its way to the client.

use std::{cell::Cell, rc::Rc};

/// What stands at the end of every head, and may stand at the end of a body.
pub(super) const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// What is known about one connection.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    /// Answers of the application that were asked for and are not written to the buffer yet.
    under_way: Cell<u32>,
    /// Whether the buffer may still hold octets of a finished answer.
    unflushed: Cell<bool>,
    /// Whether the last answer's body ended like a head, so that its end proves nothing.
    misleading_end: Cell<bool>,
    /// Whether an answer ended since somebody last looked.
    ended: Cell<bool>,
}

impl Conversation {
    /// An answer is asked for; it is under way until the guard is dropped.
    pub(super) fn begin(self: &Rc<Self>) -> UnderWay {
        self.under_way.set(self.under_way.get() + 1);
        self.misleading_end.set(false);
        UnderWay(Rc::clone(self))
    }

    /// Whether an answer of the application is being made or written.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.get() > 0
    }

    /// Whether nothing but the protocol's own words can be in the buffer.
    pub(super) fn is_silent(&self) -> bool {
        !self.is_under_way() && !self.unflushed.get()
    }

    /// Whether the end of the buffer can be told from the end of an answer's body.
    pub(super) fn ends_clearly(&self) -> bool {
        !self.misleading_end.get()
    }

    /// Everything that was in the buffer has left.
    pub(super) fn flushed(&self) {
        self.unflushed.set(false);
    }

    /// Whether an answer ended since the last call, so that what is read next begins a request.
    pub(super) fn took_a_turn(&self) -> bool {
        self.ended.replace(false)
    }
}

/// An answer that is under way.
pub(super) struct UnderWay(Rc<Conversation>);

impl UnderWay {
    /// Part of the body is written.
    pub(super) fn writes(&self, octets: &[u8]) {
        if !octets.is_empty() {
            self.0.misleading_end.set(octets.ends_with(END_OF_HEAD));
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get().saturating_sub(1));
        self.0.unflushed.set(true);
        self.0.ended.set(true);
    }
}
