//! The socket as actix sees it.

use std::{
    future::Future as _,
    io,
    net::SocketAddr,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};

use actix_web::http::{StatusCode, header::HttpDate};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    runtime::Handle,
    time::{Sleep, sleep},
};

use super::{
    bare_head::{self, BareHead},
    conversation::{Conversation, END_OF_HEAD},
    refusals::Refusals,
};

/// A URI longer than this is refused by the parser whatever follows.
const LONGEST_URI: usize = u16::MAX as usize - 1;
/// How long, and how much, is read from a client that still sends what was refused. Hanging up
/// at once would reset the connection, and the client might never read why.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_OCTETS: u64 = 1 << 20;

/// What goes to and fro: TCP, or TLS over it.
pub trait Octets: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<IO: AsyncRead + AsyncWrite + Send + Unpin + 'static> Octets for IO {}

/// A connection whose bare refusals leave as problem documents.
///
/// An ordinary request costs two comparisons here, and no copy.
pub struct WireStream<IO: Octets> {
    /// There until it is dropped.
    io: Option<IO>,
    peer: Option<SocketAddr>,
    conversation: Rc<Conversation>,
    refusals: Rc<Refusals>,
    first_line: FirstLine,
    late: LateHead,
    /// What stands in the place of a refusal, as far as it is not sent yet.
    unsent: Option<Vec<u8>>,
    refused: bool,
}

/// The length of the first line of what is being read.
#[derive(Default)]
struct FirstLine {
    octets: usize,
    ended: bool,
}

/// When the head that is being read has to be there. actix sees to a connection's first one only: later
/// a single octet would end its patience with an idle connection, and nothing else would begin.
struct LateHead {
    limit: Duration,
    is_first: bool,
    due: Option<Pin<Box<Sleep>>>,
}

impl LateHead {
    const fn new(limit: Duration) -> Self {
        Self {
            limit,
            is_first: true,
            due: None,
        }
    }

    /// Octets of a head came. Most bring the whole of it, and no clock is set.
    fn came(&mut self, octets: &[u8]) {
        let ends = || octets.windows(END_OF_HEAD.len()).any(|some| some == END_OF_HEAD);
        if !self.is_first && self.due.is_none() && !octets.is_empty() && !ends() {
            self.due = Some(Box::pin(sleep(self.limit)));
        }
    }

    /// Whether it should have been there by now.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let due = self.due.as_mut();
        due.is_some_and(|due| due.as_mut().poll(cx).is_ready())
    }
}

impl<IO: Octets> WireStream<IO> {
    /// A connection that was just accepted, from `peer`, whose later heads may take `head_timeout`.
    #[must_use]
    pub fn new(io: IO, peer: Option<SocketAddr>, refusals: Rc<Refusals>, head_timeout: Duration) -> Self {
        Self {
            peer,
            io: Some(io),
            conversation: Rc::default(),
            refusals,
            first_line: FirstLine::default(),
            late: LateHead::new(head_timeout),
            unsent: None,
            refused: false,
        }
    }

    /// The other end.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    pub(super) fn conversation(&self) -> Rc<Conversation> {
        Rc::clone(&self.conversation)
    }

    fn io(&mut self) -> io::Result<Pin<&mut IO>> {
        let io = self.io.as_mut().map(Pin::new);
        io.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Where in the buffer a refusal begins that actix wrote by itself.
    fn refusal_in<'a>(&self, octets: &'a [u8]) -> Option<(usize, BareHead<'a>)> {
        if self.conversation.is_under_way() {
            return None;
        }
        let (begin, head) = bare_head::at_the_end(octets)?;
        let certain = begin == 0 && self.conversation.is_silent() || self.conversation.ends_clearly();
        certain.then_some((begin, head))
    }

    fn refuse(&mut self, head: &BareHead<'_>) {
        let long_line = self.first_line.octets > LONGEST_URI;
        self.unsent = Some(self.refusals.answer(head, long_line, self.peer));
        self.refused = true;
    }

    fn poll_unsent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(mut rest) = self.unsent.take().filter(|rest| !rest.is_empty()) {
            match self.io()?.poll_write(cx, &rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(sent)) => drop(rest.drain(..sent)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.unsent = Some(rest);
                    return Poll::Pending;
                }
            }
            self.unsent = Some(rest);
        }
        Poll::Ready(Ok(()))
    }

    /// Looks where in a request the next octets stand.
    fn turn(&mut self) {
        if self.conversation.is_under_way() {
            self.late.due = None;
        } else if self.conversation.took_a_turn() {
            self.first_line = FirstLine::default();
            self.late.due = None;
            self.late.is_first = false;
        }
    }

    fn measure(&mut self, octets: &[u8]) {
        if self.conversation.is_under_way() {
            return;
        }
        self.late.came(octets);
        if !self.first_line.ended {
            let end = octets.iter().position(|octet| *octet == b'\n');
            self.first_line.ended = end.is_some();
            self.first_line.octets += end.unwrap_or(octets.len());
        }
    }
}

impl<IO: Octets> AsyncRead for WireStream<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.turn();
        let before = buf.filled().len();
        if this.io()?.poll_read(cx, buf)?.is_ready() {
            this.measure(buf.filled().get(before..).unwrap_or_default());
            return Poll::Ready(Ok(()));
        }
        if this.late.is_over(cx) {
            this.late.due = None;
            let date = HttpDate::from(SystemTime::now()).to_string();
            this.refuse(&BareHead {
                status: StatusCode::REQUEST_TIMEOUT,
                date: Some(&date),
            });
            // As if the client had hung up: what is to be said to it is said at the end.
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl<IO: Octets> AsyncWrite for WireStream<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_unsent(cx))?;
        match this.refusal_in(octets) {
            None => this.io()?.poll_write(cx, octets),
            Some((0, head)) => {
                this.refuse(&head);
                Poll::Ready(Ok(octets.len()))
            }
            // What stands before it goes first; actix comes back with the rest.
            Some((begin, _)) => this.io()?.poll_write(cx, octets.get(..begin).unwrap_or(octets)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unsent(cx))?;
        ready!(this.io()?.poll_flush(cx))?;
        this.conversation.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unsent(cx))?;
        this.io()?.poll_shutdown(cx)
    }
}

impl<IO: Octets> Drop for WireStream<IO> {
    fn drop(&mut self) {
        if !self.refused {
            return;
        }
        if let (Some(io), Ok(runtime)) = (self.io.take(), Handle::try_current()) {
            let unsent = self.unsent.take().unwrap_or_default();
            runtime.spawn(tokio::time::timeout(LINGER, say_goodbye(io, unsent)));
        }
    }
}

/// Hangs up in a way that lets the client read what was said last.
async fn say_goodbye(mut io: impl Octets, unsent: Vec<u8>) -> io::Result<()> {
    io.write_all(&unsent).await?;
    io.shutdown().await?;
    let mut rest = io.take(LINGER_OCTETS);
    let mut waste = [0; 4096];
    while rest.read(&mut waste).await? > 0 {}
    Ok(())
}
