//! Tests of the pool.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::*;

fn settings() -> HasherSettings {
    HasherSettings {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        threads: 1,
        queue: 2,
    }
}

fn hasher() -> Argon2Hasher {
    Argon2Hasher::new(&settings()).unwrap()
}

fn password(raw: &str) -> Password {
    Password::attempt(raw).unwrap()
}

/// Keeps the only thread busy until the sender is dropped.
async fn occupy(hasher: &Arc<Argon2Hasher>) -> mpsc::Sender<()> {
    let (hold, release) = mpsc::channel::<()>();
    let (started, has_started) = oneshot::channel();
    let hasher = Arc::clone(hasher);
    tokio::spawn(async move {
        hasher
            .submit(move |_| {
                let _ = started.send(());
                let _ = release.recv();
                Ok(())
            })
            .await
    });
    has_started.await.unwrap();
    hold
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn hashing_threads_let_the_rest_of_the_process_go_first() {
    let nice = || {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let mut fields = stat.rsplit(')').next().unwrap().split_whitespace();
        fields.nth(16).unwrap().parse::<i32>().unwrap()
    };
    let theirs = hasher().submit(move |_| Ok(nice())).await.unwrap();
    assert_eq!(theirs, (nice() + 10).min(19));
}

#[tokio::test]
async fn a_password_matches_its_own_hash_and_no_other() {
    let hasher = hasher();
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    let hasher = &hasher;
    let verify = async |raw: &str| hasher.verify(&password(raw), Some(hash.clone())).await;
    assert_eq!(verify("correct horse").await, Ok(Verification::Match));
    assert_eq!(verify("correct horsf").await, Ok(Verification::Mismatch));
    assert_eq!(verify("").await, Ok(Verification::Mismatch));
}

#[tokio::test]
async fn two_hashes_of_one_password_differ_by_their_salts() {
    let hasher = hasher();
    let first = hasher.hash(&password("correct horse")).await.unwrap();
    let second = hasher.hash(&password("correct horse")).await.unwrap();
    assert_ne!(first, second);
    assert!(
        first.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
        "{}",
        first.expose()
    );
}

#[tokio::test]
async fn without_a_hash_the_answer_is_a_mismatch() {
    assert_eq!(
        hasher().verify(&password("x"), None).await,
        Ok(Verification::Mismatch)
    );
}

#[tokio::test]
async fn hashes_of_the_argon2_crate_verify_and_ours_verify_there() {
    use argon2::{PasswordHasher as _, PasswordVerifier as _, password_hash::phc};
    let theirs = argon2::Argon2::default()
        .hash_password(b"correct horse")
        .unwrap()
        .to_string();
    let verdict = hasher()
        .verify(&password("correct horse"), Some(PasswordHash(theirs)))
        .await;
    assert_eq!(verdict, Ok(Verification::MatchOutdated));
    let ours = hasher().hash(&password("correct horse")).await.unwrap();
    let parsed = phc::PasswordHash::new(ours.expose()).unwrap();
    assert!(
        argon2::Argon2::default()
            .verify_password(b"correct horse", &parsed)
            .is_ok()
    );
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_told_to_be_outdated() {
    let variants: [fn(&mut HasherSettings); 3] = [
        |s| s.memory_kib = 128,
        |s| s.iterations = 2,
        |s| s.parallelism = 2,
    ];
    for change in variants {
        let mut changed = settings();
        change(&mut changed);
        let old = Argon2Hasher::new(&changed)
            .unwrap()
            .hash(&password("correct horse"))
            .await
            .unwrap();
        let verdict = hasher().verify(&password("correct horse"), Some(old)).await;
        assert_eq!(verdict, Ok(Verification::MatchOutdated), "{changed:?}");
    }
}

#[tokio::test]
async fn an_unreadable_or_absurd_hash_is_a_mismatch_like_any_other() {
    let tail = "$MDEyMzQ1Njc4OWFiY2RlZg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    for text in [
        String::new(),
        "password".to_owned(),
        "$2b$12$abcdefghijklmnopqrstuuMvS8e5rQ9Q7h3Y6bqv4vYF7l3JcK1h2".to_owned(),
        format!("$argon2i$v=19$m=64,t=1,p=1{tail}"),
        format!("$argon2id$v=16$m=64,t=1,p=1{tail}"),
        format!("$argon2id$m=64,t=1,p=1{tail}"),
        format!("$argon2id$v=19$m=2097152,t=1,p=1{tail}"),
        format!("$argon2id$v=19$m=4294967295,t=1,p=1{tail}"),
        format!("$argon2id$v=19$m=64,t=51,p=1{tail}"),
        format!("$argon2id$v=19$m=65536,t=1,p=65{tail}"),
        format!("$argon2id$v=19$m=1,t=1,p=1{tail}"),
        format!("$argon2id$v=19$m=64,t=1,p=1,data=AAAA{tail}"),
        "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg".to_owned(),
    ] {
        let verdict = hasher()
            .verify(&password("x"), Some(PasswordHash(text.clone())))
            .await;
        assert_eq!(verdict, Ok(Verification::Mismatch), "{text}");
    }
}

#[tokio::test]
async fn only_hashes_that_can_be_compared_are_adopted() {
    let ours = hasher().hash(&password("correct horse")).await.unwrap();
    assert_eq!(hasher().adopt(ours.expose()), Ok(ours));
    let absurd =
        "$argon2id$v=19$m=2097152,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    for (text, code) in [
        ("correct-horse", "HASH_UNKNOWN"),
        (absurd, "HASH_TOO_COSTLY"),
        ("$fbscrypt$v=1$AAAA$AAAA", "FIREBASE_KEY_MISSING"),
    ] {
        assert_eq!(hasher().adopt(text).map_err(|why| why.code), Err(code), "{text}");
    }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_tells_when_to_come_back() {
    let hasher = Arc::new(hasher());
    let hold = occupy(&hasher).await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.verify(&password("x"), None).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = hasher.hash(&password("correct horse")).await;
    assert_eq!(
        refused,
        Err(HashError::Overloaded {
            retry_after: Duration::from_secs(1)
        })
    );
    drop(hold);
    for task in waiting {
        assert_eq!(task.await.unwrap(), Ok(Verification::Mismatch));
    }
}

#[tokio::test]
async fn jobs_whose_callers_have_gone_are_skipped_and_make_room() {
    let hasher = Arc::new(hasher());
    let hold = occupy(&hasher).await;
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..20 {
        let counter = Arc::clone(&ran);
        let caller = hasher.submit(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        assert!(
            tokio::time::timeout(Duration::from_millis(1), caller)
                .await
                .is_err()
        );
    }
    drop(hold);
    assert_eq!(
        hasher.verify(&password("x"), None).await,
        Ok(Verification::Mismatch)
    );
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_panic_in_one_job_leaves_the_pool_at_work() {
    let hasher = hasher();
    for _ in 0..3 {
        let outcome = hasher
            .submit(|_| -> Result<(), HashError> { panic!("a defect") })
            .await;
        assert!(matches!(outcome, Err(HashError::Failed(_))), "{outcome:?}");
    }
    assert_eq!(
        hasher.verify(&password("x"), None).await,
        Ok(Verification::Mismatch)
    );
}

#[tokio::test]
async fn the_reference_kernel_serves_the_pool_as_well() {
    let fallback = Argon2Hasher::with_kernel(&settings(), &Kernel::reference()).unwrap();
    let hash = fallback.hash(&password("correct horse")).await.unwrap();
    assert_eq!(
        hasher().verify(&password("correct horse"), Some(hash)).await,
        Ok(Verification::Match)
    );
}

#[test]
fn impossible_settings_are_refused() {
    let variants: [fn(&mut HasherSettings); 6] = [
        |s| s.memory_kib = 1,
        |s| s.memory_kib = u32::MAX,
        |s| s.iterations = 0,
        |s| s.parallelism = 0,
        |s| s.threads = 0,
        |s| s.queue = 0,
    ];
    for change in variants {
        let mut changed = settings();
        change(&mut changed);
        assert!(Argon2Hasher::new(&changed).is_err(), "{changed:?}");
    }
}
