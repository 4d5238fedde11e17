//! Writing mails down.

use std::sync::Arc;

use mainstay_domain::{Job, JobId, JobKey, JobKind, JobPriority, NewJob, Origin};
use mainstay_repositories::Repositories;

use super::Mail;
use crate::{
    Failure,
    ports::{Clock, Entropy, SealError, Sealer},
};

/// The kind of the jobs that are mails.
pub const MAIL_JOB: JobKind = JobKind::new("mail");

/// Tries of one mail: with ten seconds before the second one, some four to six hours of them.
const MAX_ATTEMPTS: i32 = 12;

/// Writes mails down where they are delivered from.
///
/// What a mail tells (links, codes, names) is sealed until it is delivered and wiped then.
#[derive(Clone)]
pub struct MailOutbox {
    /// Seals what waits.
    pub sealer: Arc<dyn Sealer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

impl MailOutbox {
    /// Writes a mail down in a unit of work: it is sent if that is kept, and never otherwise.
    /// Costs one statement and waits for no mail server.
    ///
    /// With a `key` the mail is written down at most once: `false` tells that the key is known.
    /// Without one every call is a mail. The log lines of the delivery carry the id of the
    /// request that `origin` names.
    ///
    /// # Errors
    /// `Failure`; the unit of work cannot be committed then.
    pub async fn enqueue(
        &self,
        unit: &(impl Repositories + ?Sized),
        mail: &Mail,
        key: Option<JobKey>,
        origin: &Origin,
    ) -> Result<bool, Failure> {
        let now = self.clock.now();
        let id = JobId(self.entropy.id(now));
        let job = NewJob {
            id,
            kind: MAIL_JOB,
            payload: self.sealer.seal(&purpose(id), mail.to_json().as_bytes())?,
            key,
            priority: JobPriority::High,
            run_at: now,
            max_attempts: MAX_ATTEMPTS,
            request_id: origin.request_id.clone(),
            created_at: now,
        };
        Ok(unit.jobs().enqueue(&job).await?)
    }
}

/// What a job of the kind [`MAIL_JOB`] is about.
///
/// # Errors
/// [`SealError::Open`] if it was not sealed here, or for another job, or is wiped.
pub fn open_mail(sealer: &dyn Sealer, job: &Job) -> Result<Mail, SealError> {
    let json = sealer.open(&purpose(job.id), &job.payload)?;
    Mail::from_json(&json).ok_or(SealError::Open)
}

fn purpose(id: JobId) -> String {
    format!("mail:{id}")
}
