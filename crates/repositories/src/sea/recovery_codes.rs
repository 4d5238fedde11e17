//! Recovery codes on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{TokenHash, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeleteMany, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::{
    Sea, SeaConnection,
    entity::recovery_codes::{ActiveModel, Column, Entity},
    query::count,
    whole::keep,
};
use crate::{RecoveryCodeRepository, Result};

#[async_trait]
impl<C: SeaConnection> RecoveryCodeRepository for Sea<C> {
    /// Codes are numbered, so that two concurrent calls cannot leave the codes of both.
    async fn replace(&self, user_id: UserId, hashes: &[TokenHash]) -> Result<()> {
        let rows: Vec<ActiveModel> = (0..)
            .zip(hashes)
            .map(|(number, hash)| row(user_id, number, hash))
            .collect();
        let overwrite = OnConflict::columns([Column::UserId, Column::Number])
            .update_column(Column::Hash)
            .to_owned();
        self.write("db.recovery_codes.replace", async {
            let whole = self.conn().whole().await?;
            of_user(user_id).exec(&whole).await?;
            Entity::insert_many(rows)
                .on_conflict(overwrite)
                .exec_without_returning(&whole)
                .await?;
            Ok(keep(whole).await?)
        })
        .await
    }

    async fn consume(&self, user_id: UserId, hash: &TokenHash) -> Result<bool> {
        let used = of_user(user_id).filter(Column::Hash.eq(hash.0.to_vec()));
        self.delete_row("db.recovery_codes.consume", used).await
    }

    async fn count(&self, user_id: UserId) -> Result<u64> {
        let select = Entity::find().filter(Column::UserId.eq(user_id.uuid()));
        self.run("db.recovery_codes.count", count(self.conn(), select))
            .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.write("db.recovery_codes.delete_all", async {
            Ok(of_user(user_id).exec(self.conn()).await?.rows_affected)
        })
        .await
    }
}

fn of_user(user_id: UserId) -> DeleteMany<Entity> {
    Entity::delete_many().filter(Column::UserId.eq(user_id.uuid()))
}

fn row(user_id: UserId, number: i32, hash: &TokenHash) -> ActiveModel {
    ActiveModel {
        user_id: Set(user_id.uuid()),
        number: Set(number),
        hash: Set(hash.0.to_vec()),
    }
}
