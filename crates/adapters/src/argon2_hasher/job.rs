//! A hash somebody waits for.

use mainstay_services::ports::HashError;
use tokio::sync::oneshot;

use super::Kernel;

/// A piece of work for a hashing thread.
pub(super) trait Job: Send {
    /// Does the work and answers.
    fn run(self: Box<Self>, kernel: &mut Kernel);

    /// Whether nobody waits for the answer any longer.
    fn is_abandoned(&self) -> bool;
}

/// Work and the one who waits for its result.
pub(super) struct Waiting<T, W> {
    pub work: W,
    pub answer: oneshot::Sender<Result<T, HashError>>,
}

impl<T, W> Job for Waiting<T, W>
where
    T: Send,
    W: FnOnce(&mut Kernel) -> Result<T, HashError> + Send,
{
    fn run(self: Box<Self>, kernel: &mut Kernel) {
        // If the caller has gone meanwhile, nobody misses the answer.
        let _ = self.answer.send((self.work)(kernel));
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}
