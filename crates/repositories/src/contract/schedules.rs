//! Work that is due again and again.

use std::sync::Arc;

use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, tag};

fn planned(name: &str, plan: &str, due: i64) -> NewSchedule {
    NewSchedule {
        name: name.to_owned(),
        plan: plan.to_owned(),
        due_at: at(due),
    }
}

/// At this second, on a lease of a minute.
fn claim(name: &str, second: i64) -> ScheduleClaim {
    ScheduleClaim {
        name: name.to_owned(),
        now: at(second),
        lease: JobLease {
            id: Uuid::new_v4(),
            until: at(second + 60),
        },
    }
}

/// The lease of what was claimed, to last until a second.
fn lease_of(claimed: &Schedule, second: i64) -> JobLease {
    JobLease {
        id: claimed.lease.unwrap(),
        until: at(second),
    }
}

async fn find(store: &SharedStore, name: &str) -> Schedule {
    let found = store.read().schedules().list(&[name.to_owned()]).await;
    found.unwrap().remove(0)
}

/// The first process that knows of it decides when it begins; those who start later agree.
pub async fn a_schedule_is_planned_once_and_anew_when_its_plan_changes(store: SharedStore) {
    let (name, schedules) = (tag(), store.read().schedules());
    assert_eq!(schedules.list(std::slice::from_ref(&name)).await.unwrap(), []);
    assert!(schedules.plan(&planned(&name, "every 10m", 5)).await.unwrap());
    assert!(!schedules.plan(&planned(&name, "every 10m", 9)).await.unwrap());
    let expected = Schedule {
        name: name.clone(),
        plan: "every 10m".to_owned(),
        due_at: at(5),
        wake_at: at(5),
        lease: None,
    };
    assert_eq!(find(&store, &name).await, expected);
    assert!(schedules.plan(&planned(&name, "every 5m", 9)).await.unwrap());
    let stored = find(&store, &name).await;
    assert_eq!((stored.plan.as_str(), stored.due_at), ("every 5m", at(9)));
    let names = [tag(), name.clone(), tag()];
    assert_eq!(schedules.list(&names).await.unwrap(), [stored]);
}

/// Twenty replicas at one due time.
pub async fn of_twenty_concurrent_claims_exactly_one_gets_a_due_time(store: SharedStore) {
    let name = tag();
    let schedules = store.read().schedules();
    schedules.plan(&planned(&name, "every 10s", 10)).await.unwrap();
    assert_eq!(schedules.claim(&claim(&name, 9)).await.unwrap(), None);
    for due in [10, 20, 30] {
        let claimed = count_true(20, || {
            let (store, claim) = (Arc::clone(&store), claim(&name, due));
            async move { Ok(store.read().schedules().claim(&claim).await?.is_some()) }
        });
        assert_eq!(claimed.await, 1);
        let running = find(&store, &name).await;
        assert_eq!((running.due_at, running.wake_at), (at(due), at(due + 60)));
        let lease = lease_of(&running, 0);
        let next = planned(&name, "every 10s", due + 10);
        assert!(schedules.finish(&lease, &next).await.unwrap());
        assert!(!schedules.finish(&lease, &next).await.unwrap());
    }
}

/// Whoever had it died: one heir works for the same due time, and the dead is not listened to.
pub async fn a_due_time_whose_claimer_fell_silent_goes_to_one_heir(store: SharedStore) {
    let name = tag();
    let schedules = store.read().schedules();
    schedules.plan(&planned(&name, "every 1h", 0)).await.unwrap();
    let silent = schedules.claim(&claim(&name, 0)).await.unwrap().unwrap();
    assert_eq!(schedules.claim(&claim(&name, 59)).await.unwrap(), None);
    let heirs = count_true(20, || {
        let (store, claim) = (Arc::clone(&store), claim(&name, 60));
        async move { Ok(store.read().schedules().claim(&claim).await?.is_some()) }
    });
    assert_eq!(heirs.await, 1);
    let heir = find(&store, &name).await;
    assert_eq!((silent.due_at, heir.due_at), (at(0), at(0)));
    let lease = lease_of(&silent, 3_600);
    let next = planned(&name, "every 2h", 3_600);
    assert!(!schedules.finish(&lease, &next).await.unwrap());
    assert!(!schedules.extend(&name, &lease).await.unwrap());
    assert_eq!(find(&store, &name).await, heir);
}

/// Long work says that it is alive, and is not planned anew meanwhile.
pub async fn a_claim_that_was_extended_keeps_others_and_new_plans_away(store: SharedStore) {
    let name = tag();
    let schedules = store.read().schedules();
    schedules.plan(&planned(&name, "every 1h", 0)).await.unwrap();
    let claimed = schedules.claim(&claim(&name, 0)).await.unwrap().unwrap();
    let lease = lease_of(&claimed, 100);
    assert!(schedules.extend(&name, &lease).await.unwrap());
    assert_eq!(schedules.claim(&claim(&name, 99)).await.unwrap(), None);
    assert!(!schedules.plan(&planned(&name, "every 2h", 1)).await.unwrap());
    // Whoever did it may be of another release than who planned it.
    let next = planned(&name, "every 3h", 200);
    assert!(schedules.finish(&lease, &next).await.unwrap());
    let waiting = find(&store, &name).await;
    assert_eq!((waiting.wake_at, waiting.lease), (at(200), None));
    assert_eq!(waiting.plan, "every 3h");
    assert!(schedules.plan(&planned(&name, "every 2h", 1)).await.unwrap());
}
