//! Mails as they travel.

use std::{error::Error, time::SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use mainstay_services::ports::{Letter, MailError};

use super::Sender;

/// Nobody wants an automatic answer to an automatic mail (RFC 3834 section 5).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The mail (RFC 5322). Its `Message-ID` is the same every time it is sent. Names, subject and
/// addresses are typed values that the library encodes, so that none can begin a header.
///
/// # Errors
/// [`MailError::Refused`] for an address that mail servers do not know the form of.
pub(super) fn message(sender: &Sender, letter: &Letter) -> Result<Message, MailError> {
    let refused = |text: String| MailError::Refused(text);
    let to: Address = letter
        .to
        .deliverable()
        .parse()
        .map_err(|error| refused(format!("the address cannot be used: {error}")))?;
    let id = format!("<{}@{}>", letter.id, sender.0.email.domain());
    let builder = Message::builder()
        .from(sender.0.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.words.subject))
        .message_id(Some(id))
        .date(SystemTime::now())
        .header(AutoSubmitted);
    let text = letter.words.text.clone();
    let message = match &letter.words.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html.clone())),
        None => builder.singlepart(SinglePart::plain(text)),
    };
    message.map_err(|error| refused(format!("the mail cannot be put together: {error}")))
}

/// A subject is one line, whatever a template made of it.
pub(super) fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use mainstay_domain::{Email, JobId};
    use mainstay_services::ports::MailWords;

    use super::*;

    fn letter(subject: &str) -> Letter {
        Letter {
            id: JobId(uuid::Uuid::from_u128(7)),
            to: Email::parse("ada@example.com").unwrap(),
            words: MailWords {
                subject: subject.to_owned(),
                text: "Grüße\n.\nBye".to_owned(),
                html: Some("<p>Grüße</p>".to_owned()),
            },
        }
    }

    fn sender(name: &str) -> Sender {
        Sender::new(name, &Email::parse("no-reply@example.org").unwrap()).unwrap()
    }

    fn formatted(sender: &Sender, letter: &Letter) -> String {
        String::from_utf8(message(sender, letter).unwrap().formatted()).unwrap()
    }

    /// The lines before the first empty one.
    fn headers(mail: &str) -> Vec<&str> {
        mail.lines().take_while(|line| !line.is_empty()).collect()
    }

    #[test]
    fn no_subject_can_begin_a_header_or_end_them() {
        for evil in [
            "Hi\r\nBcc: eve@example.com",
            "Hi\nBcc: eve@example.com\n\nbody",
            "Hi\rBcc: eve@example.com",
            "ä\r\nBcc: eve@example.com",
            "Hi\u{0}\u{b}\u{85}\u{2028}Bcc: eve@example.com",
        ] {
            let mail = formatted(&sender("Mainstay"), &letter(evil));
            let headers = headers(&mail);
            assert!(
                !headers.iter().any(|line| line.to_lowercase().starts_with("bcc")),
                "{headers:#?}"
            );
            assert!(headers.iter().any(|line| line.starts_with("Message-ID: ")));
        }
    }

    #[test]
    fn a_host_name_that_is_not_ascii_travels_as_its_a_labels() {
        let mut letter = letter("Hi");
        letter.to = Email::parse("Vic@exämple.com").unwrap();
        let sender = Sender::new("", &Email::parse("no-reply@exämple.org").unwrap()).unwrap();
        let mail = formatted(&sender, &letter);
        let headers = headers(&mail);
        assert!(headers.contains(&"To: Vic@xn--exmple-cua.com"), "{headers:?}");
        assert!(
            headers.contains(&"From: no-reply@xn--exmple-cua.org"),
            "{headers:?}"
        );
    }

    #[test]
    fn no_name_of_a_sender_can_begin_a_header() {
        let address = Email::parse("no-reply@example.org").unwrap();
        for evil in ["A\r\nBcc: eve@example.com", "A\nB", "A\0"] {
            assert!(Sender::new(evil, &address).is_err(), "{evil:?} was accepted");
        }
        let quoted = sender("\"Eve\" <eve@example.com>, Ada");
        let mail = formatted(&quoted, &letter("Hi"));
        let from = mail.lines().find(|line| line.starts_with("From: ")).unwrap();
        assert!(from.ends_with("<no-reply@example.org>"), "{from}");
    }

    #[test]
    fn a_mail_sent_twice_has_one_message_id_and_asks_for_no_answer() {
        let (first, second) = (
            formatted(&sender(""), &letter("Hi")),
            formatted(&sender(""), &letter("Hi")),
        );
        let id = "Message-ID: <00000000-0000-0000-0000-000000000007@example.org>";
        for mail in [&first, &second] {
            assert!(headers(mail).contains(&id), "{mail}");
            assert!(
                headers(mail).contains(&"Auto-Submitted: auto-generated"),
                "{mail}"
            );
        }
    }
}
