//! Limits counted in Redis, one round trip a request.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mainstay_services::ports::{BucketsUnavailable, Draw, Drawn, SharedBuckets};

use super::link::RedisLink;

/// The generic cell rate algorithm, in microseconds of Redis's own clock: replicas' clocks differ.
/// Kept is when the bucket is full again. A number that Lua would write as 1.8e+15 is formatted;
/// doubles hold it exactly. What the caller says is owed is kept even if the request is refused: it is
/// said once.
const DRAW: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local size, cost, owed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0) or 0
full_at = math.min(math.max(full_at, now + owed), now + size)
local wait = math.max(full_at + cost - now - size, 0)
if wait == 0 then full_at = full_at + cost end
if wait == 0 or owed > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
end
return {full_at - now, wait}";

/// Buckets in Redis.
pub(super) struct RedisBuckets(pub(super) Arc<RedisLink>);

#[async_trait]
impl SharedBuckets for RedisBuckets {
    fn epoch(&self) -> u64 {
        self.0.number()
    }

    async fn draw(&self, draw: &Draw) -> Result<Drawn, BucketsUnavailable> {
        let mut command = redis::cmd("EVAL");
        command
            .arg(DRAW)
            .arg(1)
            .arg(self.0.name(&draw.key))
            .arg(micros(draw.size))
            // A cost of nothing would count nothing.
            .arg(micros(draw.cost).max(1))
            .arg(micros(draw.owed));
        let asked = self.0.ask::<(u64, u64)>(&command).await;
        let (owed, wait) = asked.map_err(|_| BucketsUnavailable)?;
        Ok(Drawn {
            owed: Duration::from_micros(owed),
            wait: (wait > 0).then(|| Duration::from_micros(wait)),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
