//! The outside world behind the ports of `mainstay-services`.
//!
//! One noun a file; each names the port it implements. Nothing here knows HTTP or a
//! database. The composition root (`mainstay-server`) builds these and hands them to the
//! services as `Arc<dyn Port>`.
#![deny(missing_docs)]

mod aes_sealer;
mod argon2_hasher;
mod breach_policy;
mod clamd_scanner;
mod foreign_hash;
#[cfg(feature = "social-login")]
mod identity_providers;
#[cfg(feature = "avatars")]
mod image_resizer;
mod jwt_signer;
mod key_derivation;
#[cfg(feature = "log-shipping")]
mod log_collector;
mod mail_words;
mod mailers;
mod moka_principal_cache;
mod object_stores;
#[cfg(any(feature = "object-storage", feature = "social-login"))]
mod outgoing;
#[cfg(feature = "breach-check")]
mod range_api;
#[cfg(feature = "redis")]
mod shared_redis;
mod system_clock;
mod system_entropy;
mod webauthn;
mod zxcvbn_policy;

pub use aes_sealer::AesSealer;
pub use argon2_hasher::{Argon2Hasher, Cost, HasherSettings, InvalidHasherSettings, Kernel};
pub use breach_policy::BreachPolicy;
pub use clamd_scanner::{ClamdAddress, ClamdScanner, ClamdSettings};
pub use foreign_hash::FirebaseScrypt;
#[cfg(feature = "social-login")]
pub use identity_providers::{EmailTrust, GithubProvider, GithubSettings, OidcProvider, OidcSettings};
#[cfg(feature = "avatars")]
pub use image_resizer::{PictureResizer, PictureSettings};
pub use jwt_signer::{JwtSettings, JwtSigner};
pub use key_derivation::derive_key;
#[cfg(feature = "log-shipping")]
pub use log_collector::{LogCollector, LogCollectorError, LogCollectorSettings, LogSender};
pub use mail_words::{BrokenTemplate, MailPart, MailWriter, TemplateSource, WriterSettings};
pub use mailers::{
    ConsoleMailer, FileMailer, InvalidSender, NullMailer, Sender, SmtpMailer, SmtpSettings, SmtpSetupError,
    SmtpTls,
};
pub use moka_principal_cache::{MokaPrincipalCache, PrincipalCacheSettings};
pub use object_stores::LocalDisk;
#[cfg(feature = "object-storage")]
pub use object_stores::{
    B2Bucket, B2BucketType, B2Client, B2LifecycleRule, B2Settings, BucketPlan, CloudKeys, CloudObjects,
    CloudService, CloudSettings,
};
#[cfg(feature = "breach-check")]
pub use range_api::{RangeApi, RangeApiSettings};
#[cfg(feature = "redis")]
pub use shared_redis::{Announcement, Hear, InvalidRedisSettings, RedisHub, RedisSettings, RedisTasks};
pub use system_clock::SystemClock;
pub use system_entropy::SystemEntropy;
pub use webauthn::{WebauthnSettings, WebauthnVerifier};
pub use zxcvbn_policy::ZxcvbnPolicy;
