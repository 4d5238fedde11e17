//! Slowing down who asks for something costly again and again.

use std::time::Duration;

use mainstay_domain::{ThrottleDecision, ThrottlePolicy};
use mainstay_repositories::Store;

use crate::{Failure, ports::Clock};

/// Losing the race for a counter this often means that much is asked for at once.
const MAX_RACES: usize = 5;

/// Counts a try; tells how long to wait if there were too many.
///
/// # Errors
/// `Failure`.
pub(crate) async fn count(
    store: &dyn Store,
    clock: &dyn Clock,
    key: &str,
    policy: &ThrottlePolicy,
) -> Result<Option<Duration>, Failure> {
    let throttles = store.read().throttles();
    for _ in 0..MAX_RACES {
        let before = throttles.find(key).await?;
        match policy.decide(before, clock.now()) {
            ThrottleDecision::Deny(wait) => return Ok(Some(seconds(wait))),
            ThrottleDecision::Allow(next) => {
                if throttles.advance(key, before, &next).await? {
                    return Ok(None);
                }
            }
        }
    }
    Ok(Some(seconds(policy.base_delay)))
}

/// Whole seconds, rounded up: that is what Retry-After can say.
fn seconds(wait: chrono::Duration) -> Duration {
    let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    Duration::from_secs(seconds)
}
