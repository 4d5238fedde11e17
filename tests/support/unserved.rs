//! Requests that race, and those among them that were not served.

use futures::future::join_all;
use mainstay_testkit::TestResponse;

/// How often a request that was not served (503) is sent again.
const MAX_REPEATS: usize = 5;

/// The answer to what `ask` sends. A database may choose a victim among those who race. A 503
/// says that nothing of the request was kept, and a client asks again.
pub async fn again_if_unserved(ask: impl AsyncFn() -> TestResponse) -> TestResponse {
    let mut answer = ask().await;
    for _ in 0..MAX_REPEATS {
        if answer.status() != 503 {
            break;
        }
        eprintln!("asked again after {}", answer.text());
        answer = ask().await;
    }
    answer
}

/// Sends `count` requests at once, by their numbers from 0, each again if it was not served, and
/// gives back the answers in this order.
pub async fn race(count: usize, ask: impl AsyncFn(usize) -> TestResponse) -> Vec<TestResponse> {
    join_all((0..count).map(async |number| {
        let once = async || ask(number).await;
        again_if_unserved(once).await
    }))
    .await
}
