//! Writing mails down, without a database.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::sync::Arc;

use mainstay_domain::{Email, JobKey, JobQuery, Locale};
use mainstay_services::mail::{Mail, MailTemplate, open_mail};
use mainstay_testkit::{FakeSealer, MemoryStore, TestPorts, origin, user};

fn ports() -> TestPorts {
    TestPorts::new(Arc::new(MemoryStore::new()))
}

fn reset() -> Mail {
    let to = Email::parse("ada@example.com").unwrap();
    Mail::new(to, MailTemplate::RESET_PASSWORD)
        .locale(Some(Locale::parse("de-AT").unwrap()))
        .value("link", "https://api.example.com/reset-password#token=secret")
        .value("expires_minutes", 60)
}

#[tokio::test]
async fn a_mail_is_written_down_with_the_unit_of_work_or_not_at_all() {
    let ports = ports();
    let unit = ports.store.begin().await.unwrap();
    assert!(
        ports
            .mail()
            .enqueue(&*unit, &reset(), None, &origin())
            .await
            .unwrap()
    );
    drop(unit);
    assert_eq!(ports.mailbox().all().await, []);

    let unit = ports.store.begin().await.unwrap();
    let mail = ports.mail();
    mail.enqueue(&*unit, &reset(), None, &origin()).await.unwrap();
    unit.commit().await.unwrap();
    let mail = ports.mailbox().last_to("Ada@Example.com").await;
    assert_eq!(mail.0, reset());
    assert_eq!(mail.token(), "secret");
}

#[tokio::test]
async fn a_mail_with_a_known_key_is_not_written_down_again() {
    let ports = ports();
    let key = JobKey::parse("reset/1").unwrap();
    let mut told = Vec::new();
    for _ in 0..3 {
        let mail = ports.mail();
        told.push(
            mail.enqueue(ports.store.read(), &reset(), Some(key.clone()), &origin())
                .await
                .unwrap(),
        );
    }
    assert_eq!(told, [true, false, false]);
    assert_eq!(ports.mailbox().all_to("ada@example.com").await.len(), 1);
}

#[tokio::test]
async fn a_waiting_mail_opens_only_in_its_own_row_and_shows_nothing() {
    let ports = ports();
    for _ in 0..2 {
        let mail = ports.mail();
        mail.enqueue(ports.store.read(), &reset(), None, &origin())
            .await
            .unwrap();
    }
    let jobs = ports
        .store
        .read()
        .jobs()
        .list(&JobQuery::default())
        .await
        .unwrap();
    let [first, second] = &jobs.items[..] else {
        panic!("there are two mails")
    };
    assert_eq!(open_mail(&FakeSealer, first).unwrap(), reset());
    let mut swapped = first.clone();
    swapped.payload.clone_from(&second.payload);
    assert!(open_mail(&FakeSealer, &swapped).is_err());
    let shown = format!("{first:?} {:?}", reset());
    assert!(!shown.contains("secret") && !shown.contains("ada@"), "{shown}");
}

#[test]
fn a_mail_to_a_user_speaks_their_language_and_knows_their_name() {
    let mut ada = user("ada@example.com");
    ada.locale = Some(Locale::parse("de").unwrap());
    let mail = Mail::to_user(&ada, MailTemplate::PASSWORD_CHANGED);
    assert_eq!(mail.locale, ada.locale);
    assert_eq!((mail.to, mail.values.len()), (ada.email, 0));
}
