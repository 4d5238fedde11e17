//! Mails about an account that somebody asked for.
//!
//! The request only writes down what was asked for, whoever's address it is: one statement,
//! always the same. Whether there is such an account is found out afterwards, by a job, so that
//! neither the answer nor the time it takes tells anything (ASVS 5.0 6.3.8).

use mainstay_domain::{Job, JobId, JobKind, JobPriority, NewJob, Origin};
use mainstay_repositories::Repositories;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::MailOutbox;
use crate::Failure;

/// The kind of the jobs that find out whom a mail about an account goes to.
pub const ACCOUNT_MAIL_JOB: JobKind = JobKind::new("account_mail");

const MAX_ATTEMPTS: i32 = 12;

/// What was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountMail {
    /// A link to verify this address.
    VerifyEmail(String),
    /// A link to choose a new password for the account with this address.
    ResetPassword(String),
    /// A link and a code to sign in with: the address, and where the code is kept.
    SignIn(String, [u8; 32]),
    /// An account, once its address is confirmed.
    Registration(PendingRegistration),
    /// Another address for this user: to be confirmed there.
    ChangeEmail(Uuid, String),
    /// A link for this user to take up the account that was made for them.
    Invitation(Uuid),
}

/// An account that begins when its address is confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingRegistration {
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) username: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
}

impl MailOutbox {
    /// Writes down what was asked for; a job writes the mail.
    pub(crate) async fn ask(
        &self,
        store: &(impl Repositories + ?Sized),
        mail: &AccountMail,
        origin: &Origin,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let id = JobId(self.entropy.id(now));
        let json = serde_json::to_vec(mail).map_err(|error| Failure::Internal(error.to_string()))?;
        let job = NewJob {
            id,
            kind: ACCOUNT_MAIL_JOB,
            payload: self.sealer.seal(&purpose(id), &json)?,
            key: None,
            priority: JobPriority::High,
            run_at: now,
            max_attempts: MAX_ATTEMPTS,
            request_id: origin.request_id.clone(),
            created_at: now,
        };
        store.jobs().enqueue(&job).await?;
        Ok(())
    }

    /// What a job of the kind [`ACCOUNT_MAIL_JOB`] is about.
    pub(crate) fn asked(&self, job: &Job) -> Result<AccountMail, Failure> {
        let json = self.sealer.open(&purpose(job.id), &job.payload)?;
        serde_json::from_slice(&json).map_err(|error| Failure::Internal(error.to_string()))
    }
}

fn purpose(id: JobId) -> String {
    format!("account_mail:{id}")
}
