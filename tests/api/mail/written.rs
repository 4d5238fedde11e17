//! Writing mails down in a server under test, and seeing what becomes of them.

use std::time::{Duration, Instant};

use mainstay_domain::{Email, Job, JobId, JobKey, JobQuery, JobStatus, Origin};
use mainstay_services::mail::{Mail, MailTemplate};
use mainstay_testkit::TestApp;

/// The longest a mail may take to be delivered or given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes a mail to Ada down, and tells its job.
pub(crate) async fn write_down(app: &TestApp) -> JobId {
    write_down_as(app, None).await;
    newest(app).await
}

/// Whether a mail with this key was written down.
pub(crate) async fn write_down_as(app: &TestApp, key: Option<&str>) -> bool {
    let to = Email::parse("ada@example.com").unwrap();
    let mail = Mail::new(to, MailTemplate::RESET_PASSWORD)
        .value("name", "Ada Lövelace")
        .value("link", "https://api.example.com/reset-password#token=s3cret")
        .value("expires_minutes", 60);
    let context = app.context();
    let unit = context.store.begin().await.unwrap();
    let key = key.map(|key| JobKey::parse(key).unwrap());
    let written = context
        .mail
        .enqueue(&*unit, &mail, key, &Origin::default())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    written
}

pub(crate) async fn jobs(app: &TestApp) -> Vec<Job> {
    let mut query = JobQuery::default();
    query.page.limit = 100;
    app.context()
        .store
        .read()
        .jobs()
        .list(&query)
        .await
        .unwrap()
        .items
}

async fn newest(app: &TestApp) -> JobId {
    jobs(app).await[0].id
}

/// The job as soon as `wanted` is true of it.
pub(crate) async fn until(app: &TestApp, id: JobId, wanted: impl Fn(&Job) -> bool) -> Job {
    let begun = Instant::now();
    loop {
        let job = app.context().store.read().jobs().find(id).await.unwrap().unwrap();
        if wanted(&job) {
            return job;
        }
        assert!(begun.elapsed() < PATIENCE, "nothing happens: {job:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The job when it is over.
pub(crate) async fn ended(app: &TestApp, id: JobId) -> Job {
    until(app, id, |job| {
        matches!(job.status, JobStatus::Done | JobStatus::Dead)
    })
    .await
}
