//! Judging passwords by how many guesses they withstand.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password};
use mainstay_services::ports::PasswordPolicy;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

/// An estimate takes milliseconds of CPU for long passwords: two at a time leave the other
/// cores, and the other blocking threads, to those who are logged in.
const CONCURRENT_ESTIMATES: usize = 2;

/// Nobody has more names than this; more would only slow the estimate down.
const MAX_CONTEXT_WORDS: usize = 32;

const TOO_COMMON: InvalidValue = InvalidValue::new(
    "PASSWORD_TOO_COMMON",
    "must be harder to guess: use several unrelated words, or more characters that form no \
     name, date, keyboard row or common password",
);

/// Refuses passwords that zxcvbn's dictionaries and patterns guess in fewer than a million
/// tries.
#[derive(Debug, Clone)]
pub struct ZxcvbnPolicy {
    permits: Arc<Semaphore>,
}

impl ZxcvbnPolicy {
    /// A policy that runs two estimates at a time on tokio's blocking threads.
    #[must_use]
    pub fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(CONCURRENT_ESTIMATES)),
        }
    }
}

impl Default for ZxcvbnPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl PasswordPolicy for ZxcvbnPolicy {
    async fn check(&self, password: &Password, context: Vec<String>) -> Result<(), InvalidValue> {
        // Neither failure can happen while the server runs; a password nobody judged is refused.
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| TOO_COMMON)?;
        let password = password.clone();
        let score = tokio::task::spawn_blocking(move || {
            // The permit goes along: dropping the future does not stop the estimate.
            let _permit = permit;
            estimate(password.expose(), &context)
        })
        .await
        .map_err(|_| TOO_COMMON)?;
        if score < Score::Two {
            Err(TOO_COMMON)
        } else {
            Ok(())
        }
    }
}

fn estimate(password: &str, context: &[String]) -> Score {
    let words = context_words(context);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    zxcvbn(password, &words).score()
}

/// What somebody who knows the owner would try first: each text whole, an address without its
/// host, and the words in it.
fn context_words(context: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in context {
        let local_part = text.rsplit_once('@').map(|(local, _)| local);
        let pieces = text.split(|c: char| !c.is_alphanumeric());
        for word in std::iter::once(text.as_str()).chain(local_part).chain(pieces) {
            let word: String = word.chars().take(100).flat_map(char::to_lowercase).collect();
            if word.chars().count() >= 3 && words.len() < MAX_CONTEXT_WORDS && !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    async fn check(raw: &str) -> Result<(), &'static str> {
        let password = Password::attempt(raw).map_err(|e| e.code)?;
        let context = vec![
            "ada.lovelace@example.com".to_owned(),
            "Ada".to_owned(),
            "Lovelace".to_owned(),
        ];
        ZxcvbnPolicy::new()
            .check(&password, context)
            .await
            .map_err(|e| e.code)
    }

    #[tokio::test]
    async fn common_passwords_and_keyboard_rows_are_refused() {
        for raw in [
            "password",
            "password123",
            "Passw0rd!",
            "P@ssw0rd",
            "12345678",
            "qwertyuiop",
            "iloveyou",
            "aaaaaaaaaaaa",
            "letmein1",
            "abcdefgh",
            "19851985",
        ] {
            assert_eq!(check(raw).await, Err("PASSWORD_TOO_COMMON"), "{raw}");
        }
    }

    #[tokio::test]
    async fn passwords_made_of_the_owners_address_or_names_are_refused() {
        for raw in [
            "ada.lovelace@example.com",
            "ada.lovelace",
            "AdaLovelace",
            "lovelace1",
            "Lovelace2024",
        ] {
            assert_eq!(check(raw).await, Err("PASSWORD_TOO_COMMON"), "{raw}");
        }
    }

    #[tokio::test]
    async fn phrases_and_random_passwords_are_accepted() {
        for raw in [
            "correct horse battery staple",
            "x7Gq2vLm9RtZ",
            "kR#9vv!mQ2pz",
            "schnürsenkel wolke elf",
        ] {
            assert_eq!(check(raw).await, Ok(()), "{raw}");
        }
    }

    #[tokio::test]
    async fn the_longest_passwords_are_judged_without_delay() {
        for raw in [
            "a1".repeat(64),
            "passwordqwerty12".repeat(8),
            "@4$5!1".repeat(20),
            "äß漢😀".repeat(32),
        ] {
            let start = Instant::now();
            let _ = check(&raw).await;
            // An unoptimised build on a busy machine; a release build takes milliseconds.
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{raw} took {:?}",
                start.elapsed()
            );
        }
    }
}
