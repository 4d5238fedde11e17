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

/// Nobody has more names, and no operator more words, than this; more would only slow the estimate down.
const MAX_CONTEXT_WORDS: usize = 64;

/// Refused where an operator asks for more than [`Password::parse`] does.
const TOO_SHORT: InvalidValue = InvalidValue::new(
    "PASSWORD_TOO_SHORT",
    "must be longer: this server asks for more characters than most",
);

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
    min_length: usize,
    words: Vec<String>,
}

impl ZxcvbnPolicy {
    /// A policy that runs two estimates at a time on tokio's blocking threads.
    #[must_use]
    pub fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(CONCURRENT_ESTIMATES)),
            min_length: 0,
            words: Vec::new(),
        }
    }

    /// The policy with a longer shortest password, in characters (SP 800-63B-4 section 3.1.1.2
    /// asks for 15 where a password is the only factor).
    #[must_use]
    pub fn with_min_length(self, min_length: usize) -> Self {
        Self { min_length, ..self }
    }

    /// The policy with words that no password shall be made of, whoever its owner is: names of the
    /// organisation, its products and its hosts (ASVS 5.0 6.1.2, 6.2.11).
    #[must_use]
    pub fn with_words(self, words: Vec<String>) -> Self {
        Self { words, ..self }
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
        if password.expose().chars().count() < self.min_length {
            return Err(TOO_SHORT);
        }
        let context = [context, self.words.clone()].concat();
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
    async fn words_of_the_operator_make_no_password() {
        let policy =
            ZxcvbnPolicy::new().with_words(vec!["Zyxomat".to_owned(), "www.quuxcorp.example".to_owned()]);
        for raw in ["zyxomat1", "Zyxomat2026", "quuxcorp!", "zyxomat"] {
            let password = Password::attempt(raw).unwrap();
            let owners_own = policy.check(&password, vec!["Ada".to_owned()]).await;
            assert_eq!(
                owners_own.map_err(|e| e.code),
                Err("PASSWORD_TOO_COMMON"),
                "{raw}"
            );
        }
    }

    #[tokio::test]
    async fn a_server_may_ask_for_longer_passwords() {
        let policy = ZxcvbnPolicy::new().with_min_length(15);
        let short = Password::attempt("x7Gq2vLm9RtZ4p").unwrap();
        let answer = policy.check(&short, Vec::new()).await;
        assert_eq!(answer.map_err(|e| e.code), Err("PASSWORD_TOO_SHORT"));
        let long = Password::attempt("x7Gq2vLm9RtZ4pä").unwrap();
        assert_eq!(policy.check(&long, Vec::new()).await.map_err(|e| e.code), Ok(()));
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
                start.elapsed() < Duration::from_secs(20),
                "{raw} took {:?}",
                start.elapsed()
            );
        }
    }
}
