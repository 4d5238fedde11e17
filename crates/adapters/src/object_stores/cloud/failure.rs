//! What failures of a remote store mean.

use std::{error::Error as _, fmt::Write as _};

use mainstay_services::ports::ObjectError;
use object_store::Error;

/// How the crate tells the status of an answer that it did not expect. It has no other way to ask.
const STATUS: &str = "status code: ";

/// What a failure means. Its causes are told, for the outermost text says little.
pub(super) fn failed(error: Error) -> ObjectError {
    let text = told(&error);
    match error {
        Error::NotFound { .. } => ObjectError::NotFound,
        Error::NotSupported { .. }
        | Error::NotImplemented { .. }
        | Error::InvalidPath { .. }
        | Error::UnknownConfigurationKey { .. } => ObjectError::Refused(text),
        _ => by_status(text),
    }
}

/// What an answer means, by its status.
fn by_status(text: String) -> ObjectError {
    let status = text
        .split(STATUS)
        .nth(1)
        .and_then(|rest| rest.get(..3)?.parse().ok());
    match status {
        Some(404) => ObjectError::NotFound,
        Some(507) => ObjectError::Full(text),
        // Ceph's code.
        Some(403) if text.contains("QuotaExceeded") => ObjectError::Full(text),
        Some(408 | 409 | 429) => ObjectError::Unavailable(text),
        Some(400..=499) => ObjectError::Refused(text),
        _ => ObjectError::Unavailable(text),
    }
}

/// Octets of a text that may stand in the log: stores answer with whole pages.
const LONGEST: usize = 500;

fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let said = deeper.to_string();
        if !text.contains(&said) {
            let _ = write!(text, ": {said}");
        }
        cause = deeper.source();
    }
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_an_answer_tells_what_a_failure_means() {
        let told = |status: &str| by_status(format!("GET x - non-2xx status code: {status}: <Error/>"));
        assert_eq!(told("404 Not Found"), ObjectError::NotFound);
        assert!(matches!(told("403 Forbidden"), ObjectError::Refused(_)));
        assert!(matches!(told("403 QuotaExceeded"), ObjectError::Full(_)));
        assert!(matches!(
            told("416 Range Not Satisfiable"),
            ObjectError::Refused(_)
        ));
        assert!(matches!(told("507 Insufficient Storage"), ObjectError::Full(_)));
        assert!(matches!(
            told("429 Too Many Requests"),
            ObjectError::Unavailable(_)
        ));
        assert!(matches!(told("503 Slow Down"), ObjectError::Unavailable(_)));
        let reset = by_status("connection reset".to_owned());
        assert!(matches!(reset, ObjectError::Unavailable(_)));
    }
}
