//! Jobs: giving back what was taken and not begun, and counting what was begun.

use mainstay_domain::{Job, JobFailure, JobLease, JobStatus, JobTicket};
use uuid::Uuid;

use super::{
    fixture::{SharedStore, at},
    jobs::{claim, enqueue, find, job_of, kind, take},
};

fn tickets(jobs: &[Job]) -> Vec<JobTicket> {
    jobs.iter().filter_map(Job::ticket).collect()
}

/// As if nobody had taken it, but due now.
pub async fn a_released_job_goes_to_the_next_take_with_attempts_as_before(store: SharedStore) {
    let kind = kind();
    for _ in 0..3 {
        enqueue(&store, &job_of(&kind)).await;
    }
    let mut taken = take(&store, &claim(&kind, at(1), 2)).await;
    taken.extend(take(&store, &claim(&kind, at(1), 2)).await);
    let (jobs, released) = (store.read().jobs(), tickets(&taken));
    assert_eq!(jobs.release(&released, at(5)).await.unwrap(), 3);
    assert_eq!(jobs.release(&released, at(5)).await.unwrap(), 0);
    assert_eq!(jobs.release(&[], at(5)).await.unwrap(), 0);
    let waiting = find(&store, taken[0].id).await;
    assert_eq!((waiting.status, waiting.lease), (JobStatus::Queued, None));
    assert_eq!((waiting.due_at, waiting.attempts), (Some(at(5)), 0));
    assert_eq!(waiting.payload, "{}");
    assert_eq!(take(&store, &claim(&kind, at(4), 3)).await, []);
    let again = take(&store, &claim(&kind, at(5), 3)).await;
    assert_eq!(again.len(), 3);
    assert!(again.iter().all(|job| (job.attempts, job.silences) == (1, 0)));
}

/// Whoever gave it back has nothing more to say about it.
pub async fn a_ticket_from_before_a_release_ends_no_job(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    let old = tickets(&take(&store, &claim(&kind, at(0), 1)).await);
    let (jobs, failure) = (store.read().jobs(), JobFailure::new("late"));
    assert_eq!(jobs.release(&old, at(1)).await.unwrap(), 1);
    for taken_again in [false, true] {
        if taken_again {
            assert_eq!(take(&store, &claim(&kind, at(1), 1)).await.len(), 1);
        }
        assert_eq!(jobs.finish_all(&old, at(2)).await.unwrap(), 0);
        assert!(!jobs.finish(&old[0], at(2)).await.unwrap());
        assert!(!jobs.retry_at(&old[0], at(2), &failure).await.unwrap());
        assert!(!jobs.bury(&old[0], at(2), &failure).await.unwrap());
        assert!(!jobs.begin_again(&old[0]).await.unwrap());
    }
    let left = find(&store, old[0].job).await;
    assert_eq!((left.status, left.attempts), (JobStatus::Running, 1));
}

/// One worker may have had a job twice: a lease of it counts for what was taken under it only.
pub async fn a_job_that_went_to_an_heir_is_not_released_by_who_had_it_before(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    let slow = take(&store, &claim(&kind, at(0), 1)).await;
    let heir_claim = claim(&kind, at(60), 1);
    let heir = take(&store, &heir_claim).await.remove(0);
    enqueue(&store, &job_of(&kind)).await;
    let other = take(&store, &claim(&kind, at(30), 1)).await;
    let jobs = store.read().jobs();
    assert_eq!(jobs.release(&tickets(&slow), at(61)).await.unwrap(), 0);
    let mut mixed = tickets(&slow);
    mixed.extend(tickets(&other));
    mixed.push(JobTicket {
        job: other[0].id,
        lease: heir_claim.lease.id,
    });
    assert_eq!(jobs.release(&mixed, at(61)).await.unwrap(), 1);
    assert_eq!(find(&store, heir.id).await, heir);
    assert!(jobs.finish(&heir.ticket().unwrap(), at(62)).await.unwrap());
}

/// Its answer was lost: whatever it took, and nothing else.
pub async fn what_a_failed_take_may_have_taken_is_given_back_by_its_lease(store: SharedStore) {
    let kind = kind();
    for _ in 0..4 {
        enqueue(&store, &job_of(&kind)).await;
    }
    let (unheard, heard) = (claim(&kind, at(0), 3), claim(&kind, at(0), 3));
    let lost = take(&store, &unheard).await;
    let kept = take(&store, &heard).await;
    let jobs = store.read().jobs();
    // Somebody works on it after all.
    let extended = lost[0].ticket().unwrap();
    assert!(jobs.extend(&extended, at(90)).await.unwrap());
    assert_eq!(jobs.release_lease(&unheard.lease, at(1)).await.unwrap(), 2);
    assert_eq!(jobs.release_lease(&unheard.lease, at(1)).await.unwrap(), 0);
    let never = JobLease {
        id: Uuid::new_v4(),
        ..heard.lease
    };
    assert_eq!(jobs.release_lease(&never, at(1)).await.unwrap(), 0);
    assert_eq!(find(&store, kept[0].id).await, kept[0]);
    let again = take(&store, &claim(&kind, at(1), 9)).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|job| job.attempts == 1));
}

/// Whether a worker that fell silent had begun nobody knows: its try goes on, and from then on each
/// begin is written down first.
pub async fn a_silent_worker_costs_no_attempt_and_what_is_begun_after_it_is_counted(store: SharedStore) {
    let kind = kind();
    enqueue(&store, &job_of(&kind)).await;
    let mut seen = Vec::new();
    let mut ticket = None;
    for (second, begins) in [(0, false), (60, false), (120, true), (180, true), (240, false)] {
        let taken = take(&store, &claim(&kind, at(second), 1)).await.remove(0);
        seen.push((taken.attempts, taken.silences));
        ticket = taken.ticket();
        if begins {
            assert!(store.read().jobs().begin_again(&ticket.unwrap()).await.unwrap());
        }
    }
    assert_eq!(seen, [(1, 0), (1, 1), (1, 1), (1, 2), (1, 3)]);
    let (jobs, ticket) = (store.read().jobs(), ticket.unwrap());
    // Giving it back forgets no silence, and an answer does.
    assert_eq!(jobs.release(&[ticket], at(300)).await.unwrap(), 1);
    let again = take(&store, &claim(&kind, at(300), 1)).await.remove(0);
    assert_eq!((again.attempts, again.silences), (1, 3));
    let (ticket, failure) = (again.ticket().unwrap(), JobFailure::new("no"));
    assert!(jobs.retry_at(&ticket, at(301), &failure).await.unwrap());
    let again = take(&store, &claim(&kind, at(301), 1)).await.remove(0);
    assert_eq!((again.attempts, again.silences), (2, 0));
}
