//! How actix refuses a request: a status line, no body, and at most two more headers.

use actix_web::http::StatusCode;

use super::conversation::END_OF_HEAD;

/// Longer than any bare head, shorter than any answer of the application.
const LONGEST: usize = 192;

/// A refusal without a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareHead<'a> {
    pub(super) status: StatusCode,
    /// The value of `Date`.
    pub(super) date: Option<&'a str>,
}

/// Where in `octets` a refusal begins that reaches to their end, and what it says.
pub(super) fn at_the_end(octets: &[u8]) -> Option<(usize, BareHead<'_>)> {
    if !octets.ends_with(END_OF_HEAD) {
        return None;
    }
    let from = octets.len().saturating_sub(LONGEST);
    let tail = octets.get(from..)?;
    let begin = tail.windows(7).rposition(|window| window == b"HTTP/1.")?;
    parse(tail.get(begin..)?).map(|head| (from + begin, head))
}

/// The application's answers never look like this: they carry a request id.
fn parse(octets: &[u8]) -> Option<BareHead<'_>> {
    let text = std::str::from_utf8(octets).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = text.split("\r\n");
    let code = lines.next()?.split(' ').nth(1)?;
    let status = StatusCode::from_bytes(code.as_bytes()).ok()?;
    let mut head = BareHead { status, date: None };
    let mut empty = false;
    for line in lines {
        match line.split_once(": ")? {
            ("content-length", "0") => empty = true,
            ("connection", _) => {}
            ("date", date) => head.date = Some(date),
            _ => return None,
        }
    }
    let refused = status.is_client_error() || status.is_server_error();
    (empty && refused).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
        date: Sat, 21 Nov 2026 10:00:00 GMT\r\n\r\n";

    #[test]
    fn a_refusal_of_actix_is_found_alone_and_behind_an_answer() {
        let (begin, head) = at_the_end(BARE).unwrap();
        assert_eq!((begin, head.status.as_u16()), (0, 400));
        assert_eq!(head.date, Some("Sat, 21 Nov 2026 10:00:00 GMT"));
        let answer = [b"HTTP/1.1 200 OK\r\n\r\n{}".as_slice(), BARE].concat();
        assert_eq!(at_the_end(&answer).unwrap().0, answer.len() - BARE.len());
    }

    #[test]
    fn an_answer_of_the_application_is_never_taken_for_a_refusal() {
        let answers: [&[u8]; 5] = [
            b"HTTP/1.1 204 No Content\r\nx-request-id: 1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 7\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n{}",
        ];
        for answer in answers {
            assert_eq!(at_the_end(answer), None);
        }
    }
}
