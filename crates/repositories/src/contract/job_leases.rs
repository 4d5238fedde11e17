//! Jobs: taking them, and what becomes of them.

use std::{collections::BTreeSet, sync::Arc};

use mainstay_domain::{JobFailure, JobStatus, NewJob};

use super::{
    fixture::{SharedStore, at, count_true},
    jobs::{claim, enqueue, find, job_of, key, kind, take},
};

/// Ten workers, forty jobs: none is left, none goes to two.
pub async fn of_concurrent_takers_exactly_one_gets_each_job(store: SharedStore) {
    let kind = kind();
    for _ in 0..40 {
        enqueue(&store, &job_of(&kind)).await;
    }
    let takers = (0..10).map(|_| {
        let (store, kind) = (Arc::clone(&store), kind.clone());
        tokio::spawn(async move {
            let mut mine = Vec::new();
            // Empty-handed may mean that the others were faster this time.
            for _ in 0..20 {
                let taken = take(&store, &claim(&kind, at(1), 7)).await;
                mine.extend(taken.into_iter().map(|job| job.id));
            }
            mine
        })
    });
    let mut all = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        all.extend(taker.await.unwrap());
    }
    assert_eq!(all.len(), 40);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 40);
}

/// The worker died; from the moment its lease ends another may take over.
pub async fn a_job_whose_lease_ran_out_can_be_taken_again(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    assert_eq!(take(&store, &claim(&kind, at(0), 1)).await.len(), 1);
    assert_eq!(take(&store, &claim(&kind, at(59), 1)).await, []);
    let again = take(&store, &claim(&kind, at(60), 1)).await;
    assert_eq!((again[0].attempts, again[0].silences), (1, 1));
}

/// Twenty heirs of one dead worker.
pub async fn of_concurrent_takeovers_exactly_one_gets_the_job(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    assert_eq!(take(&store, &claim(&kind, at(0), 1)).await.len(), 1);
    let taken = count_true(20, || {
        let (store, claim) = (Arc::clone(&store), claim(&kind, at(100), 1));
        async move { Ok(!store.read().jobs().take(&claim).await?.is_empty()) }
    });
    assert_eq!(taken.await, 1);
}

/// It was only slow: what it says no longer counts.
pub async fn a_worker_that_lost_its_lease_cannot_end_the_job(store: SharedStore) {
    let kind = kind();
    let job = job_of(&kind);
    enqueue(&store, &job).await;
    let slow = take(&store, &claim(&kind, at(0), 1)).await[0].ticket().unwrap();
    let heir = take(&store, &claim(&kind, at(60), 1)).await[0].clone();
    let (jobs, failure) = (store.read().jobs(), JobFailure::new("slow"));
    assert!(!jobs.finish(&slow, at(61)).await.unwrap());
    assert!(!jobs.retry_at(&slow, at(61), &failure).await.unwrap());
    assert!(!jobs.bury(&slow, at(61), &failure).await.unwrap());
    assert!(!jobs.extend(&slow, at(999)).await.unwrap());
    assert_eq!(find(&store, job.id).await, heir);
    assert!(jobs.finish(&heir.ticket().unwrap(), at(62)).await.unwrap());
    assert!(!jobs.finish(&heir.ticket().unwrap(), at(62)).await.unwrap());
}

/// A long job says that it is alive.
pub async fn a_lease_that_was_extended_keeps_others_away(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    let ticket = take(&store, &claim(&kind, at(0), 1)).await[0].ticket().unwrap();
    assert!(store.read().jobs().extend(&ticket, at(100)).await.unwrap());
    assert_eq!(take(&store, &claim(&kind, at(99), 1)).await, []);
    assert_eq!(take(&store, &claim(&kind, at(100), 1)).await.len(), 1);
}

/// Nothing of what it was about is kept, and it is not done a second time.
pub async fn a_finished_job_is_wiped_and_its_key_stays_known(store: SharedStore) {
    let kind = kind();
    let job = NewJob {
        key: Some(key()),
        ..job_of(&kind)
    };
    enqueue(&store, &job).await;
    let ticket = take(&store, &claim(&kind, at(1), 1)).await[0].ticket().unwrap();
    assert!(store.read().jobs().finish(&ticket, at(2)).await.unwrap());
    let done = find(&store, job.id).await;
    assert_eq!((done.status, done.payload.as_str()), (JobStatus::Done, ""));
    assert_eq!(
        (done.due_at, done.lease, done.finished_at),
        (None, None, Some(at(2)))
    );
    assert_eq!(take(&store, &claim(&kind, at(999), 1)).await, []);
    let again = NewJob {
        id: job_of(&kind).id,
        ..job
    };
    assert!(!store.read().jobs().enqueue(&again).await.unwrap());
}

/// What was taken over meanwhile stays with its heir.
pub async fn jobs_of_several_takes_are_finished_at_once_where_the_lease_is_theirs(store: SharedStore) {
    let kind = kind();
    for _ in 0..5 {
        enqueue(&store, &job_of(&kind)).await;
    }
    let mut taken = take(&store, &claim(&kind, at(0), 2)).await;
    taken.extend(take(&store, &claim(&kind, at(30), 2)).await);
    let heir = take(&store, &claim(&kind, at(60), 1)).await.remove(0);
    let other = take(&store, &claim(&kind, at(60), 1)).await.remove(0);
    let tickets: Vec<_> = taken.iter().filter_map(mainstay_domain::Job::ticket).collect();
    let jobs = store.read().jobs();
    let lost = taken.iter().filter(|job| job.id == heir.id || job.id == other.id);
    let kept = tickets.len() - lost.count();
    assert_eq!(
        jobs.finish_all(&tickets, at(61)).await.unwrap(),
        u64::try_from(kept).unwrap()
    );
    assert_eq!(jobs.finish_all(&tickets, at(61)).await.unwrap(), 0);
    assert_eq!(jobs.finish_all(&[], at(61)).await.unwrap(), 0);
    assert_eq!(find(&store, heir.id).await, heir);
    for job in taken.iter().filter(|job| job.id != heir.id && job.id != other.id) {
        let done = find(&store, job.id).await;
        assert_eq!((done.status, done.payload.as_str()), (JobStatus::Done, ""));
        assert_eq!(done.finished_at, Some(at(61)));
    }
}

/// With the reason why, and its payload.
pub async fn a_failed_job_waits_for_its_next_time(store: SharedStore) {
    let kind = kind();
    let job = job_of(&kind);
    enqueue(&store, &job).await;
    let ticket = take(&store, &claim(&kind, at(1), 1)).await[0].ticket().unwrap();
    let failure = JobFailure::new(&"ä👩".repeat(400));
    assert!(
        store
            .read()
            .jobs()
            .retry_at(&ticket, at(9), &failure)
            .await
            .unwrap()
    );
    let waiting = find(&store, job.id).await;
    assert_eq!((waiting.status, waiting.due_at), (JobStatus::Queued, Some(at(9))));
    assert_eq!((waiting.failure, waiting.lease), (Some(failure), None));
    assert_eq!(take(&store, &claim(&kind, at(8), 1)).await, []);
    let again = take(&store, &claim(&kind, at(9), 1)).await;
    assert_eq!((again[0].attempts, again[0].payload.as_str()), (2, "{}"));
}

/// A dead letter stays until somebody decides.
pub async fn a_dead_job_is_taken_again_only_when_revived(store: SharedStore) {
    let kind = kind();
    let job = job_of(&kind);
    enqueue(&store, &job).await;
    let ticket = take(&store, &claim(&kind, at(1), 1)).await[0].ticket().unwrap();
    let (jobs, failure) = (store.read().jobs(), JobFailure::new("550 no such user"));
    assert!(!jobs.revive(job.id, at(2), 5).await.unwrap());
    assert!(jobs.bury(&ticket, at(2), &failure).await.unwrap());
    let dead = find(&store, job.id).await;
    assert_eq!(
        (dead.status, dead.finished_at, dead.failure),
        (JobStatus::Dead, Some(at(2)), Some(failure))
    );
    assert_eq!(take(&store, &claim(&kind, at(999), 1)).await, []);
    assert!(jobs.revive(job.id, at(1_000), 5).await.unwrap());
    assert!(!jobs.revive(job.id, at(1_000), 5).await.unwrap());
    let again = take(&store, &claim(&kind, at(1_000), 1)).await;
    assert_eq!((again[0].attempts, again[0].max_attempts), (2, 6));
    assert_eq!((again[0].payload.as_str(), again[0].finished_at), ("{}", None));
}

/// Queued and dead jobs can be removed; running and done ones cannot.
pub async fn a_job_is_removed_unless_somebody_works_on_it(store: SharedStore) {
    let kind = kind();
    let (queued, other) = (job_of(&kind), job_of(&kind));
    let jobs = store.read().jobs();
    enqueue(&store, &queued).await;
    assert!(jobs.remove(queued.id).await.unwrap());
    assert!(!jobs.remove(queued.id).await.unwrap());
    enqueue(&store, &other).await;
    let ticket = take(&store, &claim(&kind, at(1), 1)).await[0].ticket().unwrap();
    assert!(!jobs.remove(other.id).await.unwrap());
    assert!(jobs.bury(&ticket, at(2), &JobFailure::new("no")).await.unwrap());
    assert!(jobs.remove(other.id).await.unwrap());
    assert_eq!(jobs.find(other.id).await.unwrap(), None);
}
