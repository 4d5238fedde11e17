//! What a person keeps, uploads and deletes.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{
    Avatar, AvatarSize, File, FileDeletion, MediaType, Page, PageRequest, ResumableUpload, UserId,
};
use mainstay_repositories::Store;
use serde_json::{Value, json};

use super::{
    PersonalData,
    sections::{map, only},
};
use crate::{Failure, ports::Clock, storage::erase_files, users::erase_avatar};

/// Files in every bucket. Their octets are fetched one by one, by bucket and key.
pub(super) struct Files {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl PersonalData for Files {
    fn section(&self) -> &'static str {
        "files"
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let files = self.store.read().files().list_owned(user, page).await?;
        Ok(map(files, |file| kept(&file)))
    }

    async fn erase(&self, user: UserId) -> Result<(), Failure> {
        let erased = erase_files(&*self.store, user, self.clock.now()).await?;
        if erased > 0 {
            tracing::info!(%user, erased, "the files of an account that is purged were given up");
        }
        Ok(())
    }
}

fn kept(file: &File) -> Value {
    json!({
        "id": file.id.uuid(),
        "bucket_id": file.bucket_id.uuid(),
        "key": file.key.as_str(),
        "size": file.size,
        "media_type": file.media_type.as_str(),
        "declared_type": file.declared_type.as_ref().map(MediaType::as_str),
        "sha256": hex(&file.sha256.0),
        "metadata": file.metadata,
        "created_at": file.created_at,
        "updated_at": file.updated_at,
    })
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Files that come in parts; they go with their owner.
pub(super) struct Uploads(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for Uploads {
    fn section(&self) -> &'static str {
        "uploads"
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let uploads = self.0.read().uploads().list(user, page).await?;
        Ok(map(uploads, |upload| announced(&upload)))
    }
}

fn announced(upload: &ResumableUpload) -> Value {
    json!({
        "id": upload.id.uuid(),
        "bucket_id": upload.bucket_id.uuid(),
        "key": upload.key.as_str(),
        "length": upload.length,
        "received": upload.received,
        "declared_type": upload.declared_type.as_ref().map(MediaType::as_str),
        "metadata": upload.metadata,
        "finished": upload.finished,
        "created_at": upload.created_at,
        "expires_at": upload.expires_at,
    })
}

/// Deletions of many files; they go with whoever asked.
pub(super) struct FileDeletions(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for FileDeletions {
    fn section(&self) -> &'static str {
        "file_deletions"
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let deletions = self.0.read().file_deletions().list(user, None, page).await?;
        Ok(map(deletions, |deletion| asked(&deletion)))
    }
}

fn asked(deletion: &FileDeletion) -> Value {
    json!({
        "id": deletion.id.uuid(),
        "bucket_id": deletion.bucket_id.uuid(),
        "prefix": deletion.prefix.as_str(),
        "ip": deletion.origin.ip,
        "user_agent": deletion.origin.user_agent,
        "status": deletion.status.as_str(),
        "deleted": deletion.deleted,
        "created_at": deletion.created_at,
        "finished_at": deletion.finished_at,
    })
}

/// The picture of the user. Its octets are fetched at the address in the profile.
pub(super) struct Avatars {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl PersonalData for Avatars {
    fn section(&self) -> &'static str {
        "avatar"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let avatar = self.store.read().avatars().find_of(user).await?;
        Ok(only(avatar.iter().map(pictured).collect()))
    }

    async fn erase(&self, user: UserId) -> Result<(), Failure> {
        if erase_avatar(&*self.store, user, self.clock.now()).await? {
            tracing::info!(%user, "the avatar of an account that is purged was given up");
        }
        Ok(())
    }
}

fn pictured(avatar: &Avatar) -> Value {
    let kept = AvatarSize::ALL.into_iter().zip(avatar.lengths);
    let kept = kept.filter(|(_, octets)| *octets > 0);
    json!({
        "id": avatar.id.uuid(),
        "media_type": avatar.media_type.as_str(),
        "sizes": kept.map(|(size, octets)| json!({ "size": size.edge(), "octets": octets })).collect::<Vec<_>>(),
        "created_at": avatar.created_at,
    })
}
