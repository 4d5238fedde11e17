//! Hashes that passlib, pwdlib, argon2-cffi, Django and Firebase's formula made. The data are
//! made by `tests/support/foreign_hashes.py`; docs/testing.md tells how.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mainstay_adapters::{Argon2Hasher, FirebaseScrypt, HasherSettings};
use mainstay_domain::{Password, PasswordHash};
use mainstay_services::ports::{PasswordHasher, Verification};
use tokio::task::JoinSet;

const MADE_ELSEWHERE: &str = include_str!("data/foreign_hashes.jsonl");

/// What one library made.
#[derive(Clone, serde::Deserialize)]
struct Made {
    made_by: String,
    password: String,
    hash: String,
}

fn made_elsewhere() -> Vec<Made> {
    let lines = MADE_ELSEWHERE.lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hasher() -> Arc<Argon2Hasher> {
    let settings = HasherSettings {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        threads: 2,
        queue: 1000,
    };
    let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let project = FirebaseScrypt::new(key, "Bw==", 8, 14).unwrap();
    Arc::new(Argon2Hasher::new(&settings).unwrap().with_firebase(Some(project)))
}

async fn time_of_refusal(hasher: &Argon2Hasher, hash: Option<PasswordHash>) -> Duration {
    let password = Password::attempt("not it").unwrap();
    let begun = Instant::now();
    let verdict = hasher.verify(&password, hash).await;
    assert_eq!(verdict, Ok(Verification::Mismatch));
    begun.elapsed()
}

async fn verify(hasher: &Argon2Hasher, password: &str, hash: &str) -> Verification {
    let password = Password::attempt(password).unwrap();
    let verdict = hasher
        .verify(&password, Some(PasswordHash(hash.to_owned())))
        .await;
    verdict.unwrap()
}

#[tokio::test]
async fn hashes_made_by_other_libraries_let_the_right_password_in_and_no_other() {
    let hasher = hasher();
    let made = made_elsewhere();
    assert!(made.len() > 100, "only {} hashes", made.len());
    let mut comparisons = JoinSet::new();
    for Made {
        made_by,
        password,
        hash,
    } in made
    {
        let hasher = Arc::clone(&hasher);
        comparisons.spawn(async move {
            let adopted = hasher.adopt(&hash);
            assert_eq!(adopted, Ok(PasswordHash(hash.clone())), "{made_by}: {hash}");
            let right = verify(&hasher, &password, &hash).await;
            assert_eq!(
                right,
                Verification::MatchOutdated,
                "{made_by}: {password:?} {hash}"
            );
            for wrong in [
                format!("x{password}"),
                String::new(),
                password.to_uppercase() + "!",
            ] {
                let verdict = verify(&hasher, &wrong, &hash).await;
                // bcrypt looks at 72 octets: the last of the wrong ones begins with just these.
                let same = password.len() > 72 && wrong.starts_with(&password);
                let cut = same && made_by.contains("bcrypt") && !made_by.contains("sha256");
                let expected = if cut {
                    Verification::MatchOutdated
                } else {
                    Verification::Mismatch
                };
                assert_eq!(verdict, expected, "{made_by}: {wrong:?} {hash}");
            }
        });
    }
    while let Some(done) = comparisons.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn a_digest_that_differs_in_one_character_lets_nobody_in() {
    let hasher = hasher();
    for Made {
        made_by,
        password,
        hash,
    } in made_elsewhere()
    {
        if !made_by.contains("1200") && !made_by.contains("'rounds': 4") {
            continue;
        }
        let middle = hash.rfind('$').unwrap() + 25;
        let changed = if hash.as_bytes()[middle] == b'A' { "B" } else { "A" };
        let mut forged = hash.clone();
        forged.replace_range(middle..=middle, changed);
        let verdict = verify(&hasher, &password, &forged).await;
        assert_eq!(verdict, Verification::Mismatch, "{made_by}: {forged}");
    }
}

#[tokio::test]
async fn a_nul_neither_ends_a_password_nor_is_left_out_of_it() {
    // Made by Python's bcrypt 4.3 of "abc", and of "abc", a NUL and "def".
    let plain = "$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2";
    let with_nul = "$2b$04$abcdefghijklmnopqrstuuU8Rgm0REdvZ0WHY/1al21xqZXmq41/C";
    let hasher = hasher();
    assert_eq!(verify(&hasher, "abc", plain).await, Verification::MatchOutdated);
    assert_eq!(verify(&hasher, "abc\0def", plain).await, Verification::Mismatch);
    assert_eq!(
        verify(&hasher, "abc\0def", with_nul).await,
        Verification::MatchOutdated
    );
    assert_eq!(verify(&hasher, "abc", with_nul).await, Verification::Mismatch);
}

#[tokio::test]
async fn once_a_slow_foreign_hash_was_met_nobody_at_all_is_refused_sooner() {
    let hasher = hasher();
    let slow = made_elsewhere()
        .into_iter()
        .find(|made| made.made_by == "django bcrypt");
    let slow = PasswordHash(slow.expect("a hash of Django's").hash);
    let (mut foreign, mut nobody) = (Duration::MAX, Duration::MAX);
    // Whoever is interrupted takes longer, but nobody takes less time than the work needs.
    for _ in 0..5 {
        foreign = foreign.min(time_of_refusal(&hasher, Some(slow.clone())).await);
        nobody = nobody.min(time_of_refusal(&hasher, None).await);
    }
    assert!(
        nobody > foreign / 2,
        "nobody: {nobody:?}, an imported account: {foreign:?}"
    );
}
