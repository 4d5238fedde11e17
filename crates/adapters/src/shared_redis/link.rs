//! The line to Redis, and what happens when it is down.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, TlsCertificates,
    aio::{MultiplexedConnection, PubSub},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use super::{InvalidRedisSettings, RedisSettings};

/// Pauses between tries to connect, the first and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// So often a quiet line is looked at: requests should find out that Redis is gone as seldom as
/// possible.
const LOOK: Duration = Duration::from_secs(1);
/// What everything else needs: scripts, time, speaking (nothing is said), and writing, to see that
/// this is no read-only replica. It leaves a key for a minute.
const TRIAL: &str = "redis.call('TIME') redis.call('PUBLISH', ARGV[1], '') \
                     return redis.call('SET', KEYS[1], '1', 'PX', 60000)";

/// Redis did not answer, or is known not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RedisDown;

/// One connection that all requests share, or none: then nobody asks.
///
/// This is the circuit breaker. The first command that fails or takes longer than it may takes the
/// connection away, so that each request under way pays that once and every later one nothing; a
/// connection that stands again, and has passed a trial, closes the circuit.
pub(super) struct RedisLink {
    client: Client,
    pub(super) settings: RedisSettings,
    live: watch::Sender<Option<Live>>,
    /// Why there is no connection.
    reason: Mutex<String>,
}

#[derive(Clone)]
struct Live {
    /// Which connection this is, from 1.
    number: u64,
    connection: MultiplexedConnection,
}

impl RedisLink {
    /// A line that is not up yet; [`RedisLink::keep`] brings it up.
    pub(super) fn new(settings: RedisSettings) -> Result<Self, InvalidRedisSettings> {
        let client = match settings.trusted.clone() {
            None => Client::open(settings.url.as_str()).map_err(|_| InvalidRedisSettings::Url)?,
            // Without one nothing would be trusted, and nobody would be told why.
            Some(root) if !is_pem(&root) => return Err(InvalidRedisSettings::Certificate),
            Some(root) => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: Some(root),
                };
                Client::build_with_tls(settings.url.as_str(), certificates)
                    .map_err(|_| InvalidRedisSettings::Certificate)?
            }
        };
        Ok(Self {
            client,
            settings,
            live: watch::Sender::new(None),
            reason: Mutex::new("not connected yet".to_owned()),
        })
    }

    /// A key or channel of ours.
    pub(super) fn name(&self, name: impl fmt::Display) -> String {
        format!("{}:{name}", self.settings.prefix)
    }

    /// Where replicas speak.
    pub(super) fn channel(&self) -> String {
        self.name("announcements")
    }

    /// Which connection is up; 0 for none. Another number says that Redis may have forgotten.
    pub(super) fn number(&self) -> u64 {
        self.live.borrow().as_ref().map_or(0, |live| live.number)
    }

    /// Whether it is up, or why not.
    pub(super) fn state(&self) -> Result<(), String> {
        if self.live.borrow().is_some() {
            return Ok(());
        }
        let reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        Err(reason.clone())
    }

    /// Waits until it is up.
    pub(super) async fn is_up(&self) {
        // The sender is here, so that waiting cannot fail.
        let _ = self.live.subscribe().wait_for(Option::is_some).await;
    }

    /// Asks, or says at once that nobody would answer.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisDown> {
        let live = self.live.borrow().clone();
        let Some(mut live) = live else {
            metrics::counter!("mainstay_redis_bypassed_total").increment(1);
            return Err(RedisDown);
        };
        let answer = timeout(self.settings.timeout, command.query_async(&mut live.connection)).await;
        let reason = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => shown(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        metrics::counter!("mainstay_redis_errors_total").increment(1);
        self.lose(live.number, reason);
        Err(RedisDown)
    }

    /// Keeps the line up, for ever.
    pub(super) async fn keep(&self) {
        let mut pause = PAUSES.0;
        let mut number = 0;
        self.tell(false);
        loop {
            let began = Instant::now();
            match self.connect().await {
                Ok(connection) => {
                    number += 1;
                    self.live.send_replace(Some(Live { number, connection }));
                    self.tell(true);
                    self.look_after().await;
                    self.tell(false);
                }
                Err(reason) => self.explain(reason),
            }
            pause = next_pause(pause, began.elapsed());
            sleep(pause).await;
        }
    }

    async fn connect(&self) -> Result<MultiplexedConnection, String> {
        let connecting = async {
            // The limits stand outside: one for all of it here, one a command in `ask`.
            let unlimited = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let connected = self
                .client
                .get_multiplexed_async_connection_with_config(&unlimited);
            let mut connection = connected.await?;
            let mut trial = redis::cmd("EVAL");
            trial
                .arg(TRIAL)
                .arg(1)
                .arg(self.name("trial"))
                .arg(self.channel());
            trial.query_async::<()>(&mut connection).await?;
            Ok(connection)
        };
        match timeout(self.settings.connect_timeout, connecting).await {
            Ok(connected) => connected.map_err(|error: redis::RedisError| shown(&error)),
            Err(_) => Err("no connection in time".to_owned()),
        }
    }

    /// Returns when the connection is lost.
    async fn look_after(&self) {
        let mut live = self.live.subscribe();
        loop {
            tokio::select! {
                _ = live.wait_for(Option::is_none) => return,
                () = sleep(LOOK) => {}
            }
            // A failure takes the connection away.
            let _ = self.ask::<()>(&redis::cmd("PING")).await;
        }
    }

    fn lose(&self, number: u64, reason: String) {
        let was_ours = |live: &mut Option<Live>| {
            let ours = live.as_ref().is_some_and(|live| live.number == number);
            if ours {
                *live = None;
            }
            ours
        };
        // Requests that waited for the same connection find it gone; its successor is not theirs.
        if self.live.send_if_modified(was_ours) {
            self.explain(reason);
        }
    }

    fn explain(&self, reason: String) {
        let mut last = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != reason {
            tracing::warn!(%reason, "Redis is passed by until it answers");
            *last = reason;
        }
    }

    fn tell(&self, up: bool) {
        metrics::gauge!("mainstay_redis_up").set(if up { 1.0 } else { 0.0 });
        if up {
            tracing::info!("Redis answers");
            // The next loss is news again, even for the same reason.
            self.reason.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// A connection to listen on.
    pub(super) async fn subscribe(&self) -> Result<PubSub, String> {
        let subscribing = async {
            let mut subscription = self.client.get_async_pubsub().await?;
            subscription.subscribe(self.channel()).await?;
            Ok(subscription)
        };
        match timeout(self.settings.connect_timeout, subscribing).await {
            Ok(subscribed) => subscribed.map_err(|error: redis::RedisError| shown(&error)),
            Err(_) => Err("no subscription in time".to_owned()),
        }
    }
}

fn is_pem(octets: &[u8]) -> bool {
    let begins = b"-----BEGIN CERTIFICATE-----";
    octets.windows(begins.len()).any(|part| part == begins)
}

/// Twice the pause each time, from the first again after what stood for a while.
pub(super) fn next_pause(pause: Duration, stood: Duration) -> Duration {
    if stood > PAUSES.1 * 2 {
        return PAUSES.0;
    }
    (pause * 2).min(PAUSES.1)
}

/// The kind and Redis's own code of an error: no text that could hold what was sent.
fn shown(error: &redis::RedisError) -> String {
    match error.code() {
        Some(code) => format!("Redis answered {code}"),
        None => format!("{:?}", error.kind()),
    }
}
