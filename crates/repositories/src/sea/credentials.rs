//! Password credentials on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{PasswordCredential, PasswordHash, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::password_credentials::{ActiveModel, Column, Entity, Model},
};
use crate::{CredentialRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> CredentialRepository for Sea<C> {
    async fn find(&self, user_id: UserId) -> Result<Option<PasswordCredential>> {
        self.run("db.credentials.find", async {
            let row = Entity::find_by_id(user_id.uuid()).one(self.conn()).await?;
            row.map(into_credential).transpose()
        })
        .await
    }

    async fn put(&self, credential: &PasswordCredential) -> Result<()> {
        let row = ActiveModel {
            user_id: Set(credential.user_id.uuid()),
            hash: Set(credential.hash.expose().to_owned()),
            changed_at: Set(micros(credential.changed_at)),
        };
        let replace = OnConflict::column(Column::UserId)
            .update_columns([Column::Hash, Column::ChangedAt])
            .to_owned();
        self.write("db.credentials.put", async {
            Entity::insert(row)
                .on_conflict(replace)
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn upgrade(&self, user_id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool> {
        self.write("db.credentials.upgrade", async {
            let upgraded = Entity::update_many()
                .col_expr(Column::Hash, Expr::value(new.expose()))
                .filter(Column::UserId.eq(user_id.uuid()))
                .filter(Column::Hash.eq(old.expose()))
                .exec(self.conn())
                .await?;
            Ok(upgraded.rows_affected == 1)
        })
        .await
    }

    async fn delete(&self, user_id: UserId) -> Result<bool> {
        self.write("db.credentials.delete", async {
            let deleted = Entity::delete_by_id(user_id.uuid()).exec(self.conn()).await?;
            Ok(deleted.rows_affected == 1)
        })
        .await
    }
}

fn into_credential(model: Model) -> Result<PasswordCredential> {
    let row = Row {
        table: "password_credentials",
        id: model.user_id,
    };
    Ok(PasswordCredential {
        user_id: UserId(model.user_id),
        hash: PasswordHash(model.hash),
        changed_at: row.time(model.changed_at)?,
    })
}
