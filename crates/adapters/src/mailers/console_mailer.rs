//! Mail on the terminal.

use std::io::Write;

use async_trait::async_trait;
use mainstay_services::ports::{Letter, MailError, Mailer};

/// Prints mails, for developers. They go to the terminal and not to the log: logs are kept, and
/// mails hold secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConsoleMailer;

#[async_trait]
impl Mailer for ConsoleMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let words = &letter.words;
        let mut shown = format!("\n  ┌ Mail to {}\n  │ {}\n  │\n", letter.to, words.subject);
        for line in words.text.lines() {
            shown.push_str(&format!("  │ {line}\n"));
        }
        shown.push_str("  └\n");
        // Nobody may be looking.
        let _ = writeln!(std::io::stdout().lock(), "{shown}");
        Ok(())
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
