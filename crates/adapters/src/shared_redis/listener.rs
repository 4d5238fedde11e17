//! Hearing other replicas.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use redis::{Msg, aio::PubSub};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::{
    Announcement, Hear,
    announcement::heard_by,
    link::{RedisLink, next_pause},
};

/// A line on which nobody spoke for so long is tried.
const QUIET: Duration = Duration::from_secs(1);
/// And given up if it does not answer for so long. Until then nothing is heard, which the short
/// life of what is remembered makes harmless.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than a replica of this version ever says at once. Longer is not looked at.
const LONGEST: usize = 64 * 1024;

/// Listens for ever. Whatever was said while nobody listened is made up for: everything is
/// forgotten and jobs are looked for as soon as somebody listens again.
pub(super) async fn listen(link: Arc<RedisLink>, name: Uuid, hear: Hear) {
    let mut pause = Duration::from_millis(100);
    // Whether it was said that nothing is heard.
    let mut told = false;
    tell(false);
    loop {
        link.is_up().await;
        let began = Instant::now();
        match link.subscribe().await {
            Ok(subscription) => {
                tell(true);
                if std::mem::take(&mut told) {
                    tracing::info!("announcements of other replicas are heard again");
                }
                hear(Announcement::Everything);
                hear(Announcement::Jobs);
                follow(subscription, name, &hear).await;
                tell(false);
                tracing::warn!("announcements of other replicas are not heard for the moment");
            }
            Err(reason) => explain(&mut told, &reason),
        }
        pause = next_pause(pause, began.elapsed());
        sleep(pause).await;
    }
}

/// Warns once until somebody listens again: Redis answers commands, and yet nothing is heard, as with an
/// account that may not subscribe.
fn explain(told: &mut bool, reason: &str) {
    if !std::mem::replace(told, true) {
        tracing::warn!(%reason, "announcements of other replicas cannot be heard");
    }
    tracing::debug!(%reason, "announcements cannot be listened to");
}

/// Returns when the line is lost.
async fn follow(subscription: PubSub, name: Uuid, hear: &Hear) {
    let (mut line, mut messages) = subscription.split();
    loop {
        match timeout(QUIET, messages.next()).await {
            Ok(Some(message)) => {
                metrics::counter!("mainstay_redis_announcements_heard_total").increment(1);
                heard(&message, name).into_iter().for_each(|said| hear(said));
            }
            Ok(None) => return,
            // A line whose other end is gone would else look like a quiet one.
            Err(_) => match timeout(PATIENCE, line.ping::<redis::Value>()).await {
                Ok(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

fn heard(message: &Msg, name: Uuid) -> Vec<Announcement> {
    let octets = message.get_payload_bytes();
    match std::str::from_utf8(octets) {
        Ok(text) if text.len() <= LONGEST => heard_by(name, text),
        _ => vec![Announcement::Everything],
    }
}

fn tell(listening: bool) {
    metrics::gauge!("mainstay_redis_listening").set(if listening { 1.0 } else { 0.0 });
}
