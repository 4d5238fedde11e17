//! Jobs: work that is written down with what it belongs to, and done afterwards.

use std::{borrow::Cow, fmt, str::FromStr};

use uuid::Uuid;

use crate::{InvalidValue, JobId, PageRequest, Timestamp};

/// What kind of work a job is, such as `mail`. Whoever takes jobs asks for kinds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKind(Cow<'static, str>);

impl JobKind {
    /// A kind as a constant, e.g. `JobKind::new("notes.export")`; [`JobKind::parse`] tells what
    /// a name may look like.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Parses a name: lower-case letters, digits, `.`, `-` or `_`, at most 64 octets.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_JOB_KIND`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
        if raw.is_empty() || raw.len() > 64 || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_JOB_KIND",
                "must be a name such as mail",
            ));
        }
        Ok(Self(Cow::Owned(raw.to_owned())))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job is known by, so that it is written down once however often somebody tries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey(String);

impl JobKey {
    /// Parses a key: 1 to 190 visible ASCII characters. It is no place for secrets.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_JOB_KEY`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        if !(1..=190).contains(&raw.len()) || !raw.chars().all(|c| c.is_ascii_graphic()) {
            return Err(InvalidValue::new(
                "INVALID_JOB_KEY",
                "must be 1 to 190 visible ASCII characters",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which jobs go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum JobPriority {
    /// Somebody is waiting for it.
    High,
    /// Everything else.
    #[default]
    Normal,
    /// When there is nothing better to do.
    Low,
}

impl JobPriority {
    /// Every priority, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// The number used in the database; lower goes first.
    #[must_use]
    pub const fn rank(self) -> i32 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }

    /// The priority of a number from the database.
    #[must_use]
    pub fn from_rank(rank: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.rank() == rank)
    }

    /// The name used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// Waits for its time, or to be tried again.
    Queued,
    /// A worker has it on lease.
    Running,
    /// It was done; its payload is wiped.
    Done,
    /// It failed too often, or for good. An operator may have it tried again.
    Dead,
}

impl JobStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Dead];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

impl FromStr for JobStatus {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == raw);
        known.ok_or(InvalidValue::new(
            "INVALID_JOB_STATUS",
            "must be queued, running, done or dead",
        ))
    }
}

/// Why a job was not done: a sentence for operators, never a secret, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure(String);

impl JobFailure {
    /// Cuts the text to what is kept; control characters become spaces.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        Self(text.chars().take(500).map(plain).collect())
    }

    /// The sentence.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A job to be written down.
#[derive(Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Identity, UUIDv7.
    pub id: JobId,
    /// What kind of work it is.
    pub kind: JobKind,
    /// What the work is about, JSON or sealed text of at most 1 MiB; wiped when it is done.
    pub payload: String,
    /// A job whose key is known already is not written down again.
    pub key: Option<JobKey>,
    /// Which jobs go first.
    pub priority: JobPriority,
    /// Not before this time.
    pub run_at: Timestamp,
    /// How often it is tried before it counts as dead; at least 1.
    pub max_attempts: i32,
    /// Correlation id of the request that it belongs to, at most 128 characters.
    pub request_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Shows no payload: it may hold personal data.
impl fmt::Debug for NewJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewJob")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("run_at", &self.run_at)
            .finish_non_exhaustive()
    }
}

/// A worker's right to a job for a while. Another may take the job over once it has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLease {
    /// Drawn anew for every take, so that a worker that lost its lease cannot end the job.
    pub id: Uuid,
    /// When it runs out.
    pub until: Timestamp,
}

/// Proof of having taken a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobTicket {
    /// Which job.
    pub job: JobId,
    /// Under which lease.
    pub lease: Uuid,
}

/// A job as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub id: JobId,
    /// What kind of work it is.
    pub kind: JobKind,
    /// What the work is about; empty when it is done.
    pub payload: String,
    /// What it is known by.
    pub key: Option<JobKey>,
    /// Which jobs go first.
    pub priority: JobPriority,
    /// How far it is.
    pub status: JobStatus,
    /// When it may be taken: its time while it is queued, the end of its lease while it runs,
    /// never when it is over.
    pub due_at: Option<Timestamp>,
    /// The lease it was taken under last, if it runs.
    pub lease: Option<Uuid>,
    /// How often it was tried, with the try under way. Who takes over from a worker that fell silent
    /// goes on with its try, for nobody knows whether that had begun.
    pub attempts: i32,
    /// 0 as long as every worker that had it answered; else 1, and 1 more for each time that it was
    /// begun since then. More than `max_attempts`, and it is given up.
    pub silences: i32,
    /// How often it is tried.
    pub max_attempts: i32,
    /// Why it was not done the last time.
    pub failure: Option<JobFailure>,
    /// Correlation id of the request that it belongs to.
    pub request_id: Option<String>,
    /// The span that wrote it down, if that was traced: a `traceparent` of W3C Trace Context. The store
    /// knows it, nobody has to tell.
    pub traceparent: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

impl Job {
    /// A job as it is the moment it is written down.
    #[must_use]
    pub fn queued(new: &NewJob) -> Self {
        Self {
            id: new.id,
            kind: new.kind.clone(),
            payload: new.payload.clone(),
            key: new.key.clone(),
            priority: new.priority,
            status: JobStatus::Queued,
            due_at: Some(new.run_at),
            lease: None,
            attempts: 0,
            silences: 0,
            max_attempts: new.max_attempts,
            failure: None,
            request_id: new.request_id.clone(),
            traceparent: None,
            created_at: new.created_at,
            finished_at: None,
        }
    }

    /// Proof of having taken it, if it was taken.
    #[must_use]
    pub fn ticket(&self) -> Option<JobTicket> {
        self.lease.map(|lease| JobTicket { job: self.id, lease })
    }

    /// Whether no further try is left after the one under way.
    #[must_use]
    pub const fn is_last_attempt(&self) -> bool {
        self.attempts >= self.max_attempts
    }
}

/// Shows no payload: it may hold personal data.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("priority", &self.priority)
            .field("status", &self.status)
            .field("due_at", &self.due_at)
            .field("lease", &self.lease)
            .field("attempts", &self.attempts)
            .field("silences", &self.silences)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// Which jobs a worker wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobClaim {
    /// Only of these kinds.
    pub kinds: Vec<JobKind>,
    /// Only what is due now.
    pub now: Timestamp,
    /// The lease they come under; it must end after `now`.
    pub lease: JobLease,
    /// At most so many, 1 to 100.
    pub limit: u32,
}

/// Which jobs to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobQuery {
    /// Only in this status.
    pub status: Option<JobStatus>,
    /// Only of this kind.
    pub kind: Option<JobKind>,
    /// Which page.
    pub page: PageRequest,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobBacklog {
    /// Queued jobs whose time has come.
    pub due: u64,
    /// Since when the oldest of them has been due.
    pub oldest: Option<Timestamp>,
    /// Dead jobs.
    pub dead: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_keys_that_no_database_compares_alike_are_refused() {
        for raw in ["", "Mail", "mail send", "mäil", &"m".repeat(65)] {
            assert!(JobKind::parse(raw).is_err(), "{raw:?} was accepted");
        }
        for raw in ["", "a b", "a ", "ä", "a\0", &"k".repeat(191)] {
            assert!(JobKey::parse(raw).is_err(), "{raw:?} was accepted");
        }
        assert!(JobKind::parse("mail").is_ok() && JobKey::parse("reset/01:a").is_ok());
    }

    #[test]
    fn a_failure_is_cut_and_has_no_control_characters() {
        let failure = JobFailure::new(&format!("550 no\r\n{}", "ä".repeat(600)));
        assert_eq!(failure.as_str().chars().count(), 500);
        assert!(failure.as_str().starts_with("550 no  ä"));
    }
}
