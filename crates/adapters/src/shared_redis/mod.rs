//! What replicas share in Redis or Valkey: counted limits, and word of what changed.
//!
//! Nothing here is kept for good, and nobody waits for it long: `RedisLink` takes the line down
//! at the first command that fails or takes too long, everything passes it by from then on, and a
//! task of its own brings it back.

mod announcement;
mod announcer;
mod buckets;
mod hub;
mod link;
mod listener;
mod principal_cache;
mod settings;

pub use announcement::Announcement;
pub use hub::{Hear, RedisHub, RedisTasks};
pub use settings::{InvalidRedisSettings, RedisSettings};
