//! Mails that were written down.

use std::sync::Arc;

use mainstay_domain::{Email, JobQuery, JobStatus, PageRequest};
use mainstay_repositories::Store;
use mainstay_services::{
    auth::AuthService,
    mail::{ACCOUNT_MAIL_JOB, MAIL_JOB, Mail, open_mail},
    ports::Sealer,
};

/// The mails in a store's queue, opened. Nothing delivers them in a test, so that they can be
/// read the moment the call that wrote them down has returned.
///
/// ```no_run
/// # async fn example(app: mainstay_testkit::TestApp) {
/// let mail = app.mailbox().last_to("ada@example.com").await;
/// assert_eq!(mail.template(), "reset_password");
/// let token = mail.token();
/// # }
/// ```
#[derive(Clone)]
pub struct Mailbox {
    store: Arc<dyn Store>,
    sealer: Arc<dyn Sealer>,
    auth: Arc<AuthService>,
}

impl Mailbox {
    /// The mails in `store` that were sealed with `sealer`. Those that were asked for and not
    /// written yet are written by `auth`, as a server does in the background.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sealer: Arc<dyn Sealer>, auth: Arc<AuthService>) -> Self {
        Self { store, sealer, auth }
    }

    /// Writes the mails that were asked for.
    async fn write_asked(&self) {
        let query = JobQuery {
            kind: Some(ACCOUNT_MAIL_JOB),
            status: Some(JobStatus::Queued),
            ..JobQuery::default()
        };
        let jobs = self.store.read().jobs();
        let asked = jobs.list(&query).await.expect("jobs can be listed");
        for job in asked.items.iter().rev() {
            let written = self.auth.write_account_mail(job).await;
            written.expect("a mail that was asked for can be written");
            jobs.remove(job.id).await.expect("a job can be removed");
        }
    }

    /// Every mail that was not delivered yet, oldest first.
    ///
    /// # Panics
    /// If the store fails.
    pub async fn all(&self) -> Vec<TestMail> {
        self.write_asked().await;
        let mut query = JobQuery {
            kind: Some(MAIL_JOB),
            page: PageRequest {
                limit: 100,
                ..PageRequest::default()
            },
            ..JobQuery::default()
        };
        let mut mails = Vec::new();
        loop {
            let page = self.store.read().jobs().list(&query).await;
            let page = page.expect("jobs can be listed");
            let opened = page.items.iter().map(|job| open_mail(&*self.sealer, job));
            mails.extend(opened.filter_map(Result::ok).map(TestMail));
            query.page.after = page.next;
            if query.page.after.is_none() {
                mails.reverse();
                return mails;
            }
        }
    }

    /// Every mail to an address, oldest first.
    ///
    /// # Panics
    /// If `address` is none, or the store fails.
    pub async fn all_to(&self, address: &str) -> Vec<TestMail> {
        let address = Email::parse(address).expect("a valid address");
        let mut mails = self.all().await;
        mails.retain(|mail| mail.0.to == address);
        mails
    }

    /// The newest mail to an address.
    ///
    /// # Panics
    /// If there is none.
    pub async fn last_to(&self, address: &str) -> TestMail {
        let mails = self.all_to(address).await;
        let last = mails.into_iter().next_back();
        last.unwrap_or_else(|| panic!("there is no mail to {address}"))
    }
}

/// A mail that was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMail(pub Mail);

impl TestMail {
    /// The name of its template.
    #[must_use]
    pub fn template(&self) -> &str {
        self.0.template.as_str()
    }

    /// One of its values.
    ///
    /// # Panics
    /// If it has no value of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        let value = self.0.values.get(name);
        value.unwrap_or_else(|| panic!("the mail {} has no {name}", self.template()))
    }

    /// The link it asks to follow.
    ///
    /// # Panics
    /// If it has none.
    #[must_use]
    pub fn link(&self) -> &str {
        self.value("link")
    }

    /// What follows `token=` in its link.
    ///
    /// # Panics
    /// If there is no token.
    #[must_use]
    pub fn token(&self) -> &str {
        let token = self.link().split_once("token=").map(|(_, token)| token);
        let token = token.and_then(|token| token.split('&').next());
        token.unwrap_or_else(|| panic!("the link of the mail {} has no token", self.template()))
    }

    /// The digits it tells.
    ///
    /// # Panics
    /// If it tells none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.value("code")
    }
}
