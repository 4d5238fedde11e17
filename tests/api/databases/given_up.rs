//! Requests whose clients hang up, at any moment.

use crate::support::{Replicas, polled};

/// A connection that went back to its pool within a transaction would take what is written next with it.
async fn a_unit_of_work_that_is_given_up_while_it_begins_hides_no_later_write(replicas: Replicas) {
    let (here, there) = (&replicas.here.context().store, &replicas.there.context().store);
    for round in 0..120 {
        drop(polled(here.begin(), round % 6).await);
        let place = round.to_string();
        here.read().sweeps().keep("given up", &place).await.unwrap();
        let seen = there.read().sweeps().find("given up").await.unwrap();
        assert_eq!(seen, Some(place), "written here, and not seen there");
    }
}
with_two_replicas!(
    a_unit_of_work_that_is_given_up_while_it_begins_hides_no_later_write,
    "database.max_connections" = "1"
);
