//! Writing the mails about accounts that were asked for.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{Email, Job, JobKey, JobKind, Origin, Timestamp, TokenHash, User, UserId, UserStatus};
use mainstay_repositories::UnitOfWork;

use super::{AuthError, AuthService, RegistrationMode, link::Link};
use crate::{
    jobs::{JobError, JobHandler},
    mail::{ACCOUNT_MAIL_JOB, AccountMail, Mail, MailTemplate},
};

/// Does the jobs of the kind [`ACCOUNT_MAIL_JOB`].
pub struct AccountMailWriter(pub Arc<AuthService>);

#[async_trait]
impl JobHandler for AccountMailWriter {
    fn kind(&self) -> JobKind {
        ACCOUNT_MAIL_JOB
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let written = self.0.write_account_mail(job).await;
        written.map_err(|error| JobError::Again(error.to_string()))
    }
}

impl AuthService {
    /// Does a job of the kind [`ACCOUNT_MAIL_JOB`]. Doing it twice writes one mail.
    /// Whoever cannot be written to is left alone: whoever asked is never told.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "auth.write_account_mail", skip_all)]
    pub async fn write_account_mail(&self, job: &Job) -> Result<(), AuthError> {
        let mail = self.ports.mail.asked(job)?;
        let unit = self.ports.store.begin().await?;
        let written = match mail {
            AccountMail::VerifyEmail(email) => self.verification_mail(&*unit, &email).await?,
            AccountMail::ResetPassword(email) => self.reset_mail(&*unit, &email).await?,
            AccountMail::SignIn(email, slot) => self.sign_in_mail(&*unit, &email, TokenHash(slot)).await?,
            AccountMail::Registration(pending) => self.registration_mail(&*unit, &pending).await?,
            AccountMail::ChangeEmail(id, email) => {
                self.change_mail(&*unit, (UserId(id), job.created_at), &email)
                    .await?
            }
            AccountMail::Invitation(id) => self.invitation_mail(&*unit, UserId(id)).await?,
        };
        let Some(mail) = written else {
            return Ok(());
        };
        let key = JobKey::parse(&format!("account_mail:{}", job.id)).ok();
        // A key that is known: the job was done before, and the links made just now are not kept.
        let asked_by = Origin {
            request_id: job.request_id.clone(),
            ..Origin::default()
        };
        if self.ports.mail.enqueue(&*unit, &mail, key, &asked_by).await? {
            unit.commit().await?;
        }
        Ok(())
    }

    async fn verification_mail(&self, unit: &dyn UnitOfWork, email: &str) -> Result<Option<Mail>, AuthError> {
        match active(unit, email).await? {
            Some(user) if !user.email_verified => self.verification(unit, &user).await.map(Some),
            _ => Ok(None),
        }
    }

    /// The mail with a link that proves a user's address.
    pub(super) async fn verification(&self, unit: &dyn UnitOfWork, user: &User) -> Result<Mail, AuthError> {
        let address = user.email.key().to_owned();
        let link = self
            .new_link(unit, Link::VerifyEmail, user.id, Some(address))
            .await?;
        Ok(self.with_link(
            Mail::to_user(user, MailTemplate::VERIFY_EMAIL),
            Link::VerifyEmail,
            &link,
        ))
    }

    async fn reset_mail(&self, unit: &dyn UnitOfWork, email: &str) -> Result<Option<Mail>, AuthError> {
        let Some(user) = active(unit, email).await? else {
            return Ok(None);
        };
        let address = user.email.key().to_owned();
        let link = self
            .new_link(unit, Link::ResetPassword, user.id, Some(address))
            .await?;
        let mail = Mail::to_user(&user, MailTemplate::RESET_PASSWORD);
        Ok(Some(self.with_link(mail, Link::ResetPassword, &link)))
    }

    async fn change_mail(
        &self,
        unit: &dyn UnitOfWork,
        (id, asked_at): (UserId, Timestamp),
        new_email: &str,
    ) -> Result<Option<Mail>, AuthError> {
        let Ok(email) = Email::parse(new_email) else {
            return Ok(None);
        };
        let Some(user) = unit.users().find(id).await?.filter(User::is_active) else {
            return Ok(None);
        };
        // Whoever changed the password since did not want what was asked for with the old one.
        let credential = unit.credentials().find(id).await?;
        if credential.is_some_and(|credential| credential.changed_at > asked_at) {
            return Ok(None);
        }
        if let Some(owner) = unit.users().find_by_email(&email).await? {
            return Ok(self.already_registered(&owner));
        }
        let link = self
            .new_link(unit, Link::ChangeEmail, id, Some(email.as_str().to_owned()))
            .await?;
        let mail = Mail {
            to: email,
            ..Mail::to_user(&user, MailTemplate::EMAIL_CHANGE_CONFIRM)
        };
        Ok(Some(self.with_link(mail, Link::ChangeEmail, &link)))
    }

    async fn invitation_mail(&self, unit: &dyn UnitOfWork, id: UserId) -> Result<Option<Mail>, AuthError> {
        if self.settings.registration == RegistrationMode::Closed {
            return Ok(None);
        }
        let invited = |user: &User| user.status == UserStatus::Invited;
        let Some(user) = unit.users().find(id).await?.filter(invited) else {
            return Ok(None);
        };
        let address = user.email.key().to_owned();
        let link = self.new_link(unit, Link::Invitation, id, Some(address)).await?;
        let mail = Mail::to_user(&user, MailTemplate::INVITATION);
        Ok(Some(self.with_link(mail, Link::Invitation, &link)))
    }

    /// Tells an owner that somebody wanted an account with their address.
    pub(super) fn already_registered(&self, owner: &User) -> Option<Mail> {
        let mail = Mail::to_user(owner, MailTemplate::ALREADY_REGISTERED);
        let link = self.settings.public_url.as_str();
        owner.is_active().then(|| mail.value("link", link))
    }

    pub(super) fn with_link(&self, mail: Mail, link: Link, url: &str) -> Mail {
        mail.value("link", url)
            .value("expires_minutes", self.minutes(link))
    }

    /// Writes down what somebody asked for, whoever's address it is, after counting it.
    pub(super) async fn ask_for_mail(
        &self,
        (email, mail): (&Email, AccountMail),
        origin: &Origin,
    ) -> Result<(), AuthError> {
        self.count_mail(email, origin).await?;
        let store = self.ports.store.read();
        Ok(self.ports.mail.ask(store, &mail, origin).await?)
    }
}

/// The active user with this address.
pub(super) async fn active(unit: &dyn UnitOfWork, email: &str) -> Result<Option<User>, AuthError> {
    match Email::parse(email) {
        Ok(email) => Ok(unit.users().find_by_email(&email).await?.filter(User::is_active)),
        Err(_) => Ok(None),
    }
}
