//! What replicas tell one another.

use std::fmt;

use mainstay_domain::{ApiKeyId, SessionId, UserId};
use mainstay_services::ports::PrincipalCache;
use uuid::Uuid;

/// A thing to forget, or to look after. Saying it twice, or to somebody who knows, harms nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Announcement {
    /// A session changed or ended.
    Session(SessionId),
    /// An API key changed or ended.
    ApiKey(ApiKeyId),
    /// A user changed.
    User(UserId),
    /// Anybody's rights may have changed.
    Everything,
    /// There are new jobs.
    Jobs,
}

impl Announcement {
    /// Forgets what this says is out of date.
    pub fn apply(self, principals: &dyn PrincipalCache) {
        match self {
            Self::Session(id) => principals.forget_session(id),
            Self::ApiKey(id) => principals.forget_api_key(id),
            Self::User(id) => principals.forget_user(id),
            Self::Everything => principals.forget_all(),
            Self::Jobs => {}
        }
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(id) => write!(f, "session:{}", id.0),
            Self::ApiKey(id) => write!(f, "api_key:{}", id.0),
            Self::User(id) => write!(f, "user:{}", id.0),
            Self::Everything => f.write_str("everything"),
            Self::Jobs => f.write_str("jobs"),
        }
    }
}

/// The announcement that a word of a message stands for, if this version knows it.
fn parse(word: &str) -> Option<Announcement> {
    let (what, id) = word.split_once(':').unwrap_or((word, ""));
    let id = Uuid::try_parse(id).ok();
    match what {
        "session" => id.map(|id| Announcement::Session(SessionId(id))),
        "api_key" => id.map(|id| Announcement::ApiKey(ApiKeyId(id))),
        "user" => id.map(|id| Announcement::User(UserId(id))),
        "everything" => Some(Announcement::Everything),
        "jobs" => Some(Announcement::Jobs),
        _ => None,
    }
}

/// One message: who speaks, and what.
pub(super) fn message(speaker: Uuid, announcements: &[Announcement]) -> String {
    let said = announcements.iter().map(|said| format!(" {said}"));
    std::iter::once(speaker.to_string()).chain(said).collect()
}

/// What a message says to `listener`: nothing if it spoke itself. What is not understood, be it
/// from a newer version or from nobody of us, means that everything is to be forgotten: that is
/// always right.
pub(super) fn heard_by(listener: Uuid, message: &str) -> Vec<Announcement> {
    let mut words = message.split(' ');
    if words.next().and_then(|speaker| Uuid::try_parse(speaker).ok()) == Some(listener) {
        return Vec::new();
    }
    words
        .map(|word| parse(word).unwrap_or(Announcement::Everything))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Announcement; 5] = [
        Announcement::Session(SessionId(Uuid::from_u128(1))),
        Announcement::ApiKey(ApiKeyId(Uuid::from_u128(2))),
        Announcement::User(UserId(Uuid::from_u128(3))),
        Announcement::Everything,
        Announcement::Jobs,
    ];

    #[test]
    fn others_hear_what_was_said_and_the_speaker_hears_nothing() {
        let (speaker, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let said = message(speaker, &ALL);
        assert_eq!(heard_by(other, &said), ALL);
        assert_eq!(heard_by(speaker, &said), []);
    }

    #[test]
    fn what_is_not_understood_means_that_everything_is_forgotten() {
        let listener = Uuid::from_u128(8);
        for strange in ["x session:nonsense", "x tenant:1", "x  ", "x session"] {
            assert!(
                heard_by(listener, strange).contains(&Announcement::Everything),
                "{strange}"
            );
        }
        assert_eq!(heard_by(listener, ""), [], "nothing was said");
    }
}
