//! The service and what its use cases share.

use std::{sync::Arc, time::Duration};

use mainstay_domain::{AuditEvent, AvatarId, BucketName, ThrottlePolicy, User};
use mainstay_repositories::Store;

use super::{AvatarError, change::Change};
use crate::{
    Failure,
    ports::{Clock, Entropy, ImageResizer, PrincipalCache},
    storage::{AVATAR_BUCKET, StorageService},
    users::UserService,
};

/// How often a change is tried anew when another one came first.
pub(super) const MAX_RACES: usize = 8;

/// The ports behind [`AvatarService`].
#[derive(Clone)]
pub struct AvatarPorts {
    /// Where names are kept.
    pub store: Arc<dyn Store>,
    /// Keeps the octets.
    pub storage: Arc<StorageService>,
    /// Knows who may change whom.
    pub users: Arc<UserService>,
    /// Makes pictures of what is sent.
    pub resizer: Arc<dyn ImageResizer>,
    /// Remembers principals.
    pub principals: Arc<dyn PrincipalCache>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

/// What an operator can decide about avatars.
#[derive(Debug, Clone)]
pub struct AvatarSettings {
    /// The most octets of a picture that is sent.
    pub max_size: u64,
    /// How fast pictures of one account slow down; none if they never do.
    pub pace: Option<ThrottlePolicy>,
    /// What stands before an avatar's id in its address.
    pub address: String,
}

impl AvatarSettings {
    /// Ten pictures at once, then one in ten seconds, and fewer and fewer.
    pub const PACE: ThrottlePolicy = ThrottlePolicy {
        free_tries: 10,
        base_delay: chrono::Duration::seconds(10),
        max_delay: chrono::Duration::minutes(10),
        forget_after: chrono::Duration::hours(1),
    };
}

/// Pictures of users.
pub struct AvatarService {
    pub(super) ports: AvatarPorts,
    pub(super) settings: AvatarSettings,
}

impl AvatarService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: AvatarPorts, settings: AvatarSettings) -> Self {
        Self { ports, settings }
    }

    /// The most octets that a picture may have.
    #[must_use]
    pub const fn max_size(&self) -> u64 {
        self.settings.max_size
    }

    /// Where clients find an avatar.
    pub(super) fn address(&self, id: AvatarId) -> String {
        format!("{}{id}", self.settings.address)
    }

    /// Writes a changed avatar of a user, and the event; none if the user or the avatar is not as
    /// it was read any more.
    pub(super) async fn save(
        &self,
        change: Change<'_>,
        event: AuditEvent,
    ) -> Result<Option<User>, AvatarError> {
        let saved = change.save(&*self.ports.store, event.at, Some(event)).await?;
        if let Some(user) = &saved {
            self.ports.principals.forget_user(user.id);
        }
        Ok(saved)
    }
}

/// The bucket of all avatars in the object store. No bucket of the database has its name.
pub(super) fn bucket() -> Result<BucketName, Failure> {
    BucketName::parse(AVATAR_BUCKET).map_err(|error| Failure::Internal(error.message.to_owned()))
}

/// The answer to whoever lost every race.
pub(super) fn outrun() -> AvatarError {
    AvatarError::Failure(Failure::Unavailable {
        reason: "others change the user all the time".to_owned(),
        retry_after: Duration::from_secs(1),
    })
}
