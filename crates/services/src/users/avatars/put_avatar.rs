//! Setting one's own avatar.

use bytes::Bytes;
use mainstay_domain::{AuditKind, Avatar, AvatarId, AvatarSize, Blob, Origin, Principal, User, UserId};

use super::{
    AvatarError, AvatarService,
    change::Change,
    service::{MAX_RACES, bucket, outrun},
};
use crate::{pace, ports::Squares, storage::StorageError, users::UsersError};

/// The counter of an account's pictures.
pub(crate) fn avatar_key(user: UserId) -> String {
    format!("avatar:{user}")
}

impl AvatarService {
    /// Makes a picture the caller's avatar, in the place of the one that was there.
    ///
    /// # Errors
    /// `Throttled`, `NoImage`, `Broken`, `TooManyPixels`, `User`, `Storage`, `Failure`; the avatar that was there
    /// stays.
    #[tracing::instrument(name = "users.put_avatar", skip_all)]
    pub async fn put_avatar(
        &self,
        caller: &Principal,
        octets: Bytes,
        origin: &Origin,
    ) -> Result<User, AvatarError> {
        self.slow_down(caller.user.id).await?;
        let edges = AvatarSize::ALL.map(AvatarSize::edge);
        let squares = self.ports.resizer.squares(octets, &edges).await?;
        let blob = self.ports.storage.new_blob(&bucket()?).await?;
        let placed = match self.write(&blob, &squares).await {
            Ok(()) => {
                self.place(caller, &self.avatar(caller, &blob, squares), origin)
                    .await
            }
            Err(error) => Err(error.into()),
        };
        if placed.is_err() {
            self.ports.storage.give_up(blob.id).await;
        }
        placed
    }

    /// Decoders are shared: nobody keeps them busy alone.
    async fn slow_down(&self, user: UserId) -> Result<(), AvatarError> {
        let Some(policy) = &self.settings.pace else {
            return Ok(());
        };
        let (store, clock) = (&*self.ports.store, &*self.ports.clock);
        match pace::count(store, clock, &avatar_key(user), policy).await? {
            Some(retry_after) => Err(AvatarError::Throttled { retry_after }),
            None => Ok(()),
        }
    }

    /// All sizes, one behind the other.
    async fn write(&self, blob: &Blob, squares: &Squares) -> Result<(), StorageError> {
        self.ports.storage.ensure_bucket(&blob.bucket).await?;
        let mut object = self.ports.storage.open_blob(&blob.bucket, blob.id).await?;
        for image in squares.images.iter().filter(|image| !image.is_empty()) {
            object.write(image.clone()).await?;
        }
        Ok(object.finish().await?)
    }

    fn avatar(&self, caller: &Principal, blob: &Blob, squares: Squares) -> Avatar {
        let now = self.ports.clock.now();
        let mut lengths = [0; AvatarSize::ALL.len()];
        for (length, image) in lengths.iter_mut().zip(&squares.images) {
            *length = i64::try_from(image.len()).unwrap_or(i64::MAX);
        }
        Avatar {
            id: AvatarId(self.ports.entropy.id(now)),
            user_id: caller.user.id,
            blob: blob.id,
            media_type: squares.media_type,
            lengths,
            created_at: now,
        }
    }

    async fn place(&self, caller: &Principal, avatar: &Avatar, origin: &Origin) -> Result<User, AvatarError> {
        for _ in 0..MAX_RACES {
            let found = self.ports.store.read().users().find(caller.user.id).await?;
            // While the picture was made, the account may have been closed.
            let user = found.filter(User::is_active).ok_or(UsersError::NotFound)?;
            let before = self.ports.store.read().avatars().find_of(user.id).await?;
            let change = Change {
                user: User {
                    avatar_url: Some(self.address(avatar.id)),
                    ..user
                },
                before,
                after: Some(avatar),
            };
            let users = &self.ports.users;
            let event = users.event(AuditKind::UserUpdated, caller, caller.user.id, origin);
            if let Some(saved) = self.save(change, event).await? {
                return Ok(saved);
            }
        }
        Err(outrun())
    }
}
