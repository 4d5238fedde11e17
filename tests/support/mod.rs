//! What more than one area needs.

#[macro_use]
mod every_database;
mod clamd;
mod cuttable_proxy;
mod forged_token;
mod identity_provider;
mod polled;
mod raw_http;
mod redis_server;
mod replicas;
mod s3_server;
mod smtp_server;
mod unserved;

pub use clamd::Clamd;
pub use cuttable_proxy::{CuttableProxy, Line};
pub use forged_token::{claims_of, forge, server_key};
pub use identity_provider::FakeProvider;
pub use polled::polled;
pub use raw_http::exchange;
pub use redis_server::{RedisServer, given_redis, tell_redis};
pub use replicas::Replicas;
pub use s3_server::{BUCKET, KEY_ID, S3Server, SECRET};
pub use smtp_server::{SmtpServer, TestCertificate};
pub use unserved::{again_if_unserved, race};
