//! Avatars on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{Avatar, AvatarId, BlobId, MediaType, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    Sea,
    convert::{Row, micros},
    entity::avatars::{ActiveModel, Column, Entity, Model},
};
use crate::{AvatarRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> AvatarRepository for Sea<C> {
    async fn insert(&self, avatar: &Avatar) -> Result<()> {
        self.insert_row("db.avatars.insert", row_of(avatar)).await
    }

    async fn find(&self, id: AvatarId) -> Result<Option<Avatar>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.find_row("db.avatars.find", select).await?;
        row.map(into_avatar).transpose()
    }

    async fn find_of(&self, user: UserId) -> Result<Option<Avatar>> {
        let select = Entity::find().filter(Column::UserId.eq(user.uuid()));
        let row = self.find_row("db.avatars.find_of", select).await?;
        row.map(into_avatar).transpose()
    }

    async fn delete(&self, id: AvatarId) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::Id.eq(id.uuid()));
        self.delete_row("db.avatars.delete", delete).await
    }
}

fn row_of(avatar: &Avatar) -> ActiveModel {
    let [length_64, length_128, length_256, length_512] = avatar.lengths;
    ActiveModel {
        id: Set(avatar.id.uuid()),
        user_id: Set(avatar.user_id.uuid()),
        blob: Set(avatar.blob.uuid()),
        media_type: Set(avatar.media_type.as_str().to_owned()),
        length_64: Set(length_64),
        length_128: Set(length_128),
        length_256: Set(length_256),
        length_512: Set(length_512),
        created_at: Set(micros(avatar.created_at)),
    }
}

fn into_avatar(model: Model) -> Result<Avatar> {
    let row = Row::of("avatars", model.id);
    Ok(Avatar {
        id: AvatarId(model.id),
        user_id: UserId(model.user_id),
        blob: BlobId(model.blob),
        media_type: row.value(MediaType::parse(&model.media_type))?,
        lengths: [
            model.length_64,
            model.length_128,
            model.length_256,
            model.length_512,
        ],
        created_at: row.time(model.created_at)?,
    })
}
