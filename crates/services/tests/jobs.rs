//! Jobs: doing, trying again, giving up, without a database.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::sync::Arc;

use chrono::TimeDelta;
use mainstay_domain::{Email, Job, JobId, JobQuery, JobStatus};
use mainstay_repositories::RepositoryError;
use mainstay_services::{
    jobs::{JobRunner, JobSettings, Verdict},
    mail::{MAIL_JOB, Mail, MailDelivery, MailTemplate},
    ports::{Clock, MailError, MailWords, WordsError},
};
use mainstay_testkit::{
    FakeSealer, MemoryStore, MockMailRenderer, MockMailer, MockRepositories, TestPorts, origin,
};

fn ports() -> TestPorts {
    TestPorts::new(Arc::new(MemoryStore::new()))
}

fn words() -> MailWords {
    MailWords {
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: None,
    }
}

/// A runner that delivers by a mail server which answers with `answer`.
fn runner(ports: &TestPorts, answer: Result<(), MailError>) -> JobRunner {
    let mut mailer = MockMailer::new();
    mailer.expect_send().returning(move |_| answer.clone());
    let mut renderer = MockMailRenderer::new();
    renderer.expect_render().returning(|_| Ok(words()));
    with_delivery(ports, renderer, mailer)
}

fn with_delivery(ports: &TestPorts, renderer: MockMailRenderer, mailer: MockMailer) -> JobRunner {
    let settings = JobSettings {
        lease: TimeDelta::minutes(5),
        retry_delay: TimeDelta::seconds(10),
        longest_delay: TimeDelta::hours(6),
    };
    let clock = Arc::clone(&ports.clock) as Arc<dyn Clock>;
    let runner = JobRunner::new(Arc::clone(&ports.store), clock, ports.entropy.clone(), settings);
    runner.with(Arc::new(MailDelivery {
        sealer: Arc::new(FakeSealer),
        renderer: Arc::new(renderer),
        mailer: Arc::new(mailer),
    }))
}

async fn write_down(ports: &TestPorts) -> JobId {
    let to = Email::parse("ada@example.com").unwrap();
    let mail = Mail::new(to, MailTemplate::PASSWORD_CHANGED);
    let outbox = ports.mail();
    outbox
        .enqueue(ports.store.read(), &mail, None, &origin())
        .await
        .unwrap();
    let jobs = ports.store.read().jobs().list(&JobQuery::default()).await;
    jobs.unwrap().items[0].id
}

/// Takes the one due job, does it and writes down what came of it.
async fn work(runner: &JobRunner) -> Verdict {
    let taken = runner.take(10).await.unwrap();
    assert_eq!(taken.len(), 1, "one job is due");
    let verdict = match runner.refusal(&taken[0]).await {
        Some(verdict) => verdict,
        None => runner.execute(&taken[0]).await,
    };
    let ticket = taken[0].ticket().unwrap();
    assert!(runner.record(&ticket, &verdict).await.unwrap());
    verdict
}

async fn find(ports: &TestPorts, id: JobId) -> Job {
    ports.store.read().jobs().find(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_delivered_mail_is_done_and_its_words_are_wiped() {
    let ports = ports();
    let id = write_down(&ports).await;
    assert_eq!(work(&runner(&ports, Ok(()))).await, Verdict::Done);
    let job = find(&ports, id).await;
    assert_eq!((job.status, job.payload.as_str()), (JobStatus::Done, ""));
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_dead_at_once() {
    let ports = ports();
    let id = write_down(&ports).await;
    let refusal = MailError::Refused("550 no such user".to_owned());
    work(&runner(&ports, Err(refusal))).await;
    let job = find(&ports, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Dead, 1));
    assert!(job.failure.unwrap().as_str().contains("550"));
}

#[tokio::test]
async fn a_mail_that_fails_waits_longer_every_time_and_dies_in_the_end() {
    let ports = ports();
    let id = write_down(&ports).await;
    let failing = runner(&ports, Err(MailError::Failed("451 later".to_owned())));
    let mut waited = TimeDelta::zero();
    for attempt in 1_i32.. {
        match work(&failing).await {
            Verdict::Again { at, .. } => {
                let delay = at - ports.clock.now();
                let longest = TimeDelta::seconds(10 << (attempt - 1));
                assert!(delay <= longest && delay >= longest / 2, "{attempt}: {delay}");
                assert_eq!(failing.take(10).await.unwrap(), []);
                ports.clock.advance(delay);
                waited += delay;
            }
            verdict => {
                assert!(matches!(verdict, Verdict::Dead(_)), "{verdict:?}");
                break;
            }
        }
    }
    let job = find(&ports, id).await;
    assert_eq!((job.status, job.attempts), (JobStatus::Dead, job.max_attempts));
    assert!(waited > TimeDelta::hours(2), "{waited}");
}

#[tokio::test]
async fn a_mail_without_words_or_sealed_by_another_key_is_dead_at_once() {
    for broken_seal in [false, true] {
        let ports = ports();
        let id = write_down(&ports).await;
        let mut renderer = MockMailRenderer::new();
        let unknown = || WordsError("there is no template of this name".to_owned());
        renderer.expect_render().returning(move |_| Err(unknown()));
        let runner = with_delivery(&ports, renderer, MockMailer::new());
        let mut job = runner.take(1).await.unwrap().remove(0);
        if broken_seal {
            job.payload = "v1.nonsense".to_owned();
        }
        assert!(matches!(runner.execute(&job).await, Verdict::Dead(_)));
        assert_eq!(find(&ports, id).await.kind, MAIL_JOB);
    }
}

#[tokio::test]
async fn a_job_that_killed_every_worker_is_buried_without_another_try() {
    let ports = ports();
    let id = write_down(&ports).await;
    let idle = with_delivery(&ports, MockMailRenderer::new(), MockMailer::new());
    let tries = find(&ports, id).await.max_attempts;
    // Of the first nobody knows whether it had begun.
    for _ in 0..=tries {
        let taken = idle.take(1).await.unwrap();
        assert_eq!(idle.refusal(&taken[0]).await, None);
        ports.clock.advance(TimeDelta::minutes(6));
    }
    assert!(matches!(work(&idle).await, Verdict::Dead(_)));
    assert_eq!(find(&ports, id).await.status, JobStatus::Dead);
}

#[tokio::test]
async fn workers_that_die_before_they_begin_with_a_job_cost_it_no_try() {
    let ports = ports();
    let id = write_down(&ports).await;
    let working = runner(&ports, Ok(()));
    for _ in 0..find(&ports, id).await.max_attempts * 3 {
        assert_eq!(working.take(1).await.unwrap().len(), 1);
        ports.clock.advance(TimeDelta::minutes(6));
    }
    assert_eq!(work(&working).await, Verdict::Done);
    assert_eq!(find(&ports, id).await.attempts, 1);
}

#[tokio::test]
async fn what_a_take_without_an_answer_has_taken_is_given_back_by_its_lease() {
    let mut repositories = MockRepositories::new();
    let gone = || RepositoryError::Unavailable("gone".to_owned());
    repositories.jobs.expect_take().returning(move |_| Err(gone()));
    let released = repositories.jobs.expect_release_lease();
    released.returning(|lease, now| Ok(u64::from(lease.until - now == TimeDelta::minutes(5))));
    let ports = TestPorts::new(repositories.into_store());
    let working = runner(&ports, Ok(()));
    let unheard = working.take(10).await.unwrap_err();
    assert!(unheard.to_string().contains("gone"), "{unheard}");
    assert_eq!(working.release_lease(&unheard.lease).await.unwrap(), 1);
}

#[tokio::test]
async fn a_job_that_is_given_back_or_has_another_worker_is_not_judged_as_failed() {
    let ports = ports();
    let id = write_down(&ports).await;
    let working = runner(&ports, Ok(()));
    let first = working.take(1).await.unwrap().remove(0);
    let ticket = first.ticket().unwrap();
    assert!(working.record(&ticket, &Verdict::GivenBack).await.unwrap());
    assert!(!working.record(&ticket, &Verdict::GivenBack).await.unwrap());
    let back = find(&ports, id).await;
    assert_eq!(
        (back.status, back.attempts, back.failure),
        (JobStatus::Queued, 0, None)
    );

    working.take(1).await.unwrap();
    ports.clock.advance(TimeDelta::minutes(6));
    let second = working.take(1).await.unwrap().remove(0);
    ports.clock.advance(TimeDelta::minutes(6));
    let heir = working.take(1).await.unwrap().remove(0);
    assert_eq!(working.refusal(&second).await, Some(Verdict::GivenBack));
    assert_eq!(working.refusal(&heir).await, None);
}
