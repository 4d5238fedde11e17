//! Sending what was written down.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{Job, JobKind};

use super::{MAIL_JOB, open_mail};
use crate::{
    jobs::{JobError, JobHandler},
    ports::{Letter, MailError, MailRenderer, Mailer, Sealer},
};

/// Sends the mails that [`super::MailOutbox`] wrote down.
pub struct MailDelivery {
    /// Opens what was sealed.
    pub sealer: Arc<dyn Sealer>,
    /// Puts mails into words.
    pub renderer: Arc<dyn MailRenderer>,
    /// Hands them over.
    pub mailer: Arc<dyn Mailer>,
}

#[async_trait]
impl JobHandler for MailDelivery {
    fn kind(&self) -> JobKind {
        MAIL_JOB
    }

    /// What cannot be opened or put into words, and what the mail server refuses for good, is
    /// not tried again.
    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let dead = |error: &dyn std::error::Error| JobError::Dead(error.to_string());
        let mail = open_mail(&*self.sealer, job).map_err(|error| dead(&error))?;
        let words = self.renderer.render(&mail).map_err(|error| dead(&error))?;
        let letter = Letter {
            id: job.id,
            to: mail.to,
            words,
        };
        self.mailer.send(&letter).await.map_err(|error| match error {
            MailError::Refused(_) => dead(&error),
            MailError::Failed(_) => JobError::Again(error.to_string()),
        })
    }
}
