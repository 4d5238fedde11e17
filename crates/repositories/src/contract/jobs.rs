//! Jobs: writing down, finding, listing.

use std::sync::Arc;

use mainstay_domain::{
    Job, JobBacklog, JobClaim, JobFailure, JobId, JobKey, JobKind, JobLease, JobPriority, JobQuery,
    JobStatus, NewJob, Timestamp,
};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, long_ago, page_of, tag};

/// A kind that no other case uses.
pub(super) fn kind() -> JobKind {
    JobKind::parse(&format!("contract.{}", tag())).unwrap()
}

pub(super) fn job_of(kind: &JobKind) -> NewJob {
    NewJob {
        id: JobId(Uuid::new_v4()),
        kind: kind.clone(),
        payload: "{}".to_owned(),
        key: None,
        priority: JobPriority::Normal,
        run_at: at(0),
        max_attempts: 3,
        request_id: None,
        created_at: at(0),
    }
}

pub(super) fn key() -> JobKey {
    JobKey::parse(&format!("contract/{}", tag())).unwrap()
}

/// A minute's lease on up to `limit` jobs.
pub(super) fn claim(kind: &JobKind, now: Timestamp, limit: u32) -> JobClaim {
    let lease = JobLease {
        id: Uuid::new_v4(),
        until: now + std::time::Duration::from_secs(60),
    };
    JobClaim {
        kinds: vec![kind.clone()],
        now,
        lease,
        limit,
    }
}

pub(super) async fn enqueue(store: &SharedStore, job: &NewJob) {
    assert!(store.read().jobs().enqueue(job).await.unwrap());
}

pub(super) async fn take(store: &SharedStore, claim: &JobClaim) -> Vec<Job> {
    store.read().jobs().take(claim).await.unwrap()
}

pub(super) async fn find(store: &SharedStore, id: JobId) -> Job {
    store.read().jobs().find(id).await.unwrap().unwrap()
}

/// Every field comes back, full or empty, and a large payload whole.
pub async fn every_field_of_a_job_comes_back_as_enqueued(store: SharedStore) {
    let bare = job_of(&kind());
    let full = NewJob {
        payload: "ä👩".repeat(100_000),
        key: Some(JobKey::parse(&format!("{}{}", tag(), "k".repeat(178))).unwrap()),
        priority: JobPriority::Low,
        request_id: Some("r".repeat(128)),
        ..job_of(&JobKind::parse(&format!("{}{}", tag(), "k".repeat(52))).unwrap())
    };
    for job in [bare, full] {
        enqueue(&store, &job).await;
        assert_eq!(find(&store, job.id).await, Job::queued(&job));
    }
    let unknown = store.read().jobs().find(JobId(Uuid::new_v4())).await.unwrap();
    assert_eq!(unknown, None);
}

/// However often somebody tries, a key stands for one job; jobs without keys do not clash.
pub async fn a_job_whose_key_is_known_is_not_enqueued_again(store: SharedStore) {
    let kind = kind();
    let first = NewJob {
        key: Some(key()),
        ..job_of(&kind)
    };
    enqueue(&store, &first).await;
    let again = NewJob {
        id: JobId(Uuid::new_v4()),
        payload: "[]".to_owned(),
        ..first.clone()
    };
    assert!(!store.read().jobs().enqueue(&again).await.unwrap());
    assert_eq!(find(&store, first.id).await.payload, "{}");
    enqueue(&store, &job_of(&kind)).await;
    enqueue(&store, &job_of(&kind)).await;
    assert_eq!(take(&store, &claim(&kind, at(1), 10)).await.len(), 3);
}

/// The same, all at once.
pub async fn of_concurrent_jobs_with_one_key_exactly_one_is_enqueued(store: SharedStore) {
    let (kind, key) = (kind(), key());
    let enqueued = count_true(20, || {
        let store = Arc::clone(&store);
        let job = NewJob {
            key: Some(key.clone()),
            ..job_of(&kind)
        };
        async move { store.read().jobs().enqueue(&job).await }
    });
    assert_eq!(enqueued.await, 1);
}

/// Nobody sees it before the commit; a known key does not harm the unit of work.
pub async fn a_job_in_a_unit_of_work_is_kept_or_lost_with_it(store: SharedStore) {
    let kind = kind();
    let job = NewJob {
        key: Some(key()),
        ..job_of(&kind)
    };
    let unit = store.begin().await.unwrap();
    assert!(unit.jobs().enqueue(&job).await.unwrap());
    drop(unit);
    assert_eq!(store.read().jobs().find(job.id).await.unwrap(), None);

    let unit = store.begin().await.unwrap();
    assert!(unit.jobs().enqueue(&job).await.unwrap());
    let again = NewJob {
        id: JobId(Uuid::new_v4()),
        ..job.clone()
    };
    assert!(!unit.jobs().enqueue(&again).await.unwrap());
    let early = store.read().jobs().find(job.id).await.unwrap();
    assert_eq!(early, None);
    unit.commit().await.unwrap();
    assert_eq!(find(&store, job.id).await, Job::queued(&job));
}

/// At once where there is no unit of work, and at the commit where there is.
pub async fn the_bell_rings_for_jobs_that_are_kept(store: SharedStore) {
    let bell = store.job_bell().clone();
    let rings = async || {
        let limit = std::time::Duration::from_secs(30);
        tokio::time::timeout(limit, bell.heard()).await.is_ok()
    };
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    assert!(rings().await);
    let unit = store.begin().await.unwrap();
    assert!(unit.jobs().enqueue(&job_of(&kind)).await.unwrap());
    unit.commit().await.unwrap();
    assert!(rings().await);
}

/// The most urgent first, then what has been due for longest.
pub async fn jobs_are_taken_by_priority_then_by_time(store: SharedStore) {
    let kind = kind();
    let mut expected = Vec::new();
    for (priority, second) in [
        (JobPriority::High, 2),
        (JobPriority::High, 3),
        (JobPriority::Normal, 1),
        (JobPriority::Normal, 4),
        (JobPriority::Low, 0),
    ] {
        expected.push(NewJob {
            priority,
            run_at: at(second),
            ..job_of(&kind)
        });
    }
    for job in expected.iter().rev() {
        enqueue(&store, job).await;
    }
    let mut taken = Vec::new();
    for limit in [1, 3, 10] {
        let jobs = take(&store, &claim(&kind, at(5), limit)).await;
        taken.extend(jobs.into_iter().map(|job| job.id));
    }
    let expected: Vec<_> = expected.iter().map(|job| job.id).collect();
    assert_eq!(taken, expected);
}

/// Neither what is for later nor what is for others.
pub async fn jobs_are_taken_only_when_due_and_of_a_wanted_kind(store: SharedStore) {
    let (kind, other) = (kind(), kind());
    let later = NewJob {
        run_at: at(10),
        ..job_of(&kind)
    };
    enqueue(&store, &later).await;
    enqueue(&store, &job_of(&other)).await;
    assert_eq!(take(&store, &claim(&kind, at(9), 10)).await, []);
    let both = JobClaim {
        kinds: vec![kind.clone(), other],
        ..claim(&kind, at(10), 10)
    };
    let taken = take(&store, &both).await;
    assert_eq!(taken.len(), 2);
    let job = taken.iter().find(|job| job.id == later.id).unwrap();
    assert_eq!(job.status, JobStatus::Running);
    assert_eq!((job.attempts, job.lease), (1, Some(both.lease.id)));
    assert_eq!(job.due_at, Some(both.lease.until));
    assert_eq!(find(&store, later.id).await, *job);
}

/// For operators: every job once, the newest first.
pub async fn jobs_are_listed_by_status_newest_first_in_pages(store: SharedStore) {
    let kind = kind();
    for second in 0..5 {
        let job = NewJob {
            created_at: at(second),
            ..job_of(&kind)
        };
        enqueue(&store, &job).await;
    }
    take(&store, &claim(&kind, at(9), 2)).await;
    let mut query = JobQuery {
        kind: Some(kind),
        page: page_of(2),
        ..JobQuery::default()
    };
    query.page.with_total = true;
    let mut seconds = Vec::new();
    loop {
        let page = store.read().jobs().list(&query).await.unwrap();
        assert_eq!(page.total, Some(5));
        seconds.extend(page.items.iter().map(|job| job.created_at));
        query.page.after = page.next;
        if query.page.after.is_none() {
            break;
        }
    }
    assert_eq!(seconds, [at(4), at(3), at(2), at(1), at(0)]);
    for (status, count) in [
        (JobStatus::Queued, 3),
        (JobStatus::Running, 2),
        (JobStatus::Dead, 0),
    ] {
        let query = JobQuery {
            status: Some(status),
            page: page_of(10),
            ..query.clone()
        };
        let page = store.read().jobs().list(&query).await.unwrap();
        assert_eq!(page.items.len(), count, "{status:?}");
    }
}

/// What an operator wants to be woken for.
pub async fn the_backlog_counts_what_is_due_and_what_is_dead(store: SharedStore) {
    let kind = kind();
    let backlog = async |now| store.read().jobs().backlog(&kind, now).await.unwrap();
    assert_eq!(backlog(at(9)).await, JobBacklog::default());
    for second in [2, 1, 3, 8] {
        let job = NewJob {
            run_at: at(second),
            ..job_of(&kind)
        };
        enqueue(&store, &job).await;
    }
    let taken = take(&store, &claim(&kind, at(1), 1)).await;
    let dead = JobFailure::new("no");
    let jobs = store.read().jobs();
    assert!(
        jobs.bury(&taken[0].ticket().unwrap(), at(2), &dead)
            .await
            .unwrap()
    );
    let expected = JobBacklog {
        due: 2,
        oldest: Some(at(2)),
        dead: 1,
    };
    assert_eq!(backlog(at(3)).await, expected);
}

/// Only what was made before the time and is in that status, and no more of it than asked.
pub async fn purging_removes_only_jobs_in_a_status_made_long_ago(store: SharedStore) {
    let kind = kind();
    let purge = async |limit| {
        let jobs = store.read().jobs();
        jobs.purge(JobStatus::Done, long_ago(60), limit).await.unwrap()
    };
    while purge(100).await > 0 {}
    for (second, done) in [(0, true), (1, true), (2, true), (3, false)] {
        let job = NewJob {
            created_at: long_ago(second),
            run_at: at(second),
            ..job_of(&kind)
        };
        enqueue(&store, &job).await;
        if done {
            finish(&store, &kind, at(second)).await;
        }
    }
    let fresh = job_of(&kind);
    enqueue(&store, &fresh).await;
    finish(&store, &kind, at(0)).await;
    assert_eq!((purge(2).await, purge(2).await, purge(2).await), (2, 1, 0));
    let left = JobQuery {
        kind: Some(kind),
        ..JobQuery::default()
    };
    let left = store.read().jobs().list(&left).await.unwrap();
    assert_eq!(left.items.len(), 2);
}

async fn finish(store: &SharedStore, kind: &JobKind, now: Timestamp) {
    let taken = take(store, &claim(kind, now, 1)).await;
    let ticket = taken[0].ticket().unwrap();
    assert!(store.read().jobs().finish(&ticket, now).await.unwrap());
}
