//! Walking along the chain, in a database or in a file.

use std::fmt;

use mainstay_domain::{AuditRecord, ChainPoint, PersonalPart, Seal};

use super::chain_hash::{commitment, event_hash};

/// More findings are counted, not listed.
const MOST_FINDINGS: usize = 50;

/// What is wrong at a place of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Events from here to this number are gone.
    Missing {
        /// The last one.
        until: i64,
    },
    /// Two events have this number.
    Repeated,
    /// Time, kind, person or hash are not what was sealed.
    Altered,
    /// Address, client, request or detail are not what was sealed.
    PersonalPartAltered,
    /// The personal part was erased, and neither person was ever purged.
    ErasedWithoutPurge,
    /// The chain does not end with the hash its head names.
    WrongEnd,
    /// Events follow after the end that the head names.
    BeyondEnd,
    /// The row that tells how far the chain reaches is gone.
    HeadMissing,
    /// Somebody without the key has written how far the chain reaches.
    HeadForged,
    /// Another key authenticates how far the chain reaches; see `audit reseal`.
    OtherKey,
    /// The chain does not lead through a place that was noted earlier.
    AnchorMissed,
    /// A file is not authenticated by this server's key.
    FileForged,
}

impl Problem {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Repeated => "repeated",
            Self::Altered => "altered",
            Self::PersonalPartAltered => "personal_part_altered",
            Self::ErasedWithoutPurge => "erased_without_purge",
            Self::WrongEnd => "wrong_end",
            Self::BeyondEnd => "beyond_end",
            Self::HeadMissing => "head_missing",
            Self::HeadForged => "head_forged",
            Self::OtherKey => "other_key",
            Self::AnchorMissed => "anchor_missed",
            Self::FileForged => "file_forged",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { until } => write!(f, "events up to {until} are missing"),
            Self::Repeated => f.write_str("two events have this number"),
            Self::Altered => f.write_str("time, kind, persons or hash were altered"),
            Self::PersonalPartAltered => {
                f.write_str("address, user agent, request id or detail were altered")
            }
            Self::ErasedWithoutPurge => f.write_str("personal data was erased without a purge"),
            Self::WrongEnd => f.write_str("the chain does not end as its head says"),
            Self::BeyondEnd => f.write_str("events follow after the end of the chain"),
            Self::HeadMissing => f.write_str("the head of the chain is gone"),
            Self::HeadForged => f.write_str("the head of the chain was written without the key"),
            Self::OtherKey => f.write_str("the chain was sealed under another SECRET_KEY"),
            Self::AnchorMissed => f.write_str("the chain does not lead through this anchor"),
            Self::FileForged => f.write_str("this server's key did not authenticate the file"),
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The event it was noticed at.
    pub seq: i64,
    /// What it is.
    pub problem: Problem,
}

/// A walk along the chain; memory does not grow with its length.
#[derive(Debug)]
pub struct ChainWalk {
    at: ChainPoint,
    /// Whether the hash at `at` can be relied on; not after a gap.
    known: bool,
    anchors: Vec<ChainPoint>,
    /// Events seen.
    pub events: u64,
    /// Of them, those without their personal part.
    pub erased: u64,
    /// The first of what is wrong, in the order of the chain.
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub problems: u64,
}

impl ChainWalk {
    /// Begins after `point`. The chain must lead through the `anchors` after that.
    #[must_use]
    pub fn after(point: ChainPoint, anchors: Vec<ChainPoint>) -> Self {
        let mut walk = Self {
            at: point,
            known: true,
            anchors,
            events: 0,
            erased: 0,
            findings: Vec::new(),
            problems: 0,
        };
        walk.check_anchors();
        walk
    }

    /// Where the walk is.
    #[must_use]
    pub fn at(&self) -> &ChainPoint {
        &self.at
    }

    /// Notes what is wrong.
    pub fn complain(&mut self, seq: i64, problem: Problem) {
        self.problems += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { seq, problem });
        }
    }

    /// The next event. Events without a place are passed over.
    pub fn step(&mut self, record: &AuditRecord) {
        let Some(seal) = &record.seal else { return };
        self.events += 1;
        self.erased += u64::from(record.erased);
        let expected = self.at.seq + 1;
        if seal.seq < expected {
            return self.complain(seal.seq, Problem::Repeated);
        }
        if seal.seq > expected {
            let until = seal.seq - 1;
            self.complain(expected, Problem::Missing { until });
            self.known = false;
        }
        self.check(record, seal);
        self.at = ChainPoint {
            seq: seal.seq,
            hash: seal.hash.clone(),
        };
        self.known = true;
        self.check_anchors();
    }

    fn check(&mut self, record: &AuditRecord, seal: &Seal) {
        let hash = event_hash(&self.at.hash, seal.seq, record, &seal.commitment);
        if self.known && hash != seal.hash {
            self.complain(seal.seq, Problem::Altered);
        }
        let kept = match &seal.salt {
            Some(salt) => !record.erased && commitment(salt, &record.personal) == seal.commitment,
            None => record.erased && record.personal == PersonalPart::default(),
        };
        if !kept {
            self.complain(seal.seq, Problem::PersonalPartAltered);
        }
    }

    fn check_anchors(&mut self) {
        let missed = |anchor: &&ChainPoint| anchor.seq == self.at.seq && anchor.hash != self.at.hash;
        if self.anchors.iter().any(|anchor| missed(&anchor)) {
            self.complain(self.at.seq, Problem::AnchorMissed);
        }
    }

    /// Compares the end with what it should be. Anchors behind it were cut off.
    pub fn end(&mut self, end: &ChainPoint) {
        if self.at.seq < end.seq {
            let until = end.seq;
            self.complain(self.at.seq + 1, Problem::Missing { until });
        } else if self.at != *end {
            self.complain(self.at.seq, Problem::WrongEnd);
        }
        let cut_off: Vec<i64> = self.anchors.iter().map(|anchor| anchor.seq).collect();
        for seq in cut_off.into_iter().filter(|seq| *seq > end.seq) {
            self.complain(seq, Problem::AnchorMissed);
        }
    }

    /// Goes on behind events that were removed in order while the walk was under way.
    pub(super) fn skip_to(&mut self, point: ChainPoint) {
        self.at = point;
        self.check_anchors();
    }
}
