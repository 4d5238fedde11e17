//! Signing keys on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{SigningAlgorithm, SigningKey};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::signing_keys::{ActiveModel, Column, Entity, Model},
    query::insert_new,
};
use crate::{Result, SigningKeyRepository};

#[async_trait]
impl<C: SeaConnection> SigningKeyRepository for Sea<C> {
    async fn insert(&self, key: &SigningKey) -> Result<bool> {
        self.write(
            "db.signing_keys.insert",
            insert_new(self.conn(), Entity::insert(row_of(key))),
        )
        .await
    }

    async fn list(&self) -> Result<Vec<SigningKey>> {
        self.run("db.signing_keys.list", async {
            let rows = Entity::find()
                .order_by_asc(Column::Algorithm)
                .order_by_asc(Column::Generation)
                .all(self.conn())
                .await?;
            rows.into_iter().map(into_key).collect()
        })
        .await
    }

    async fn delete(&self, kid: &str) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::Kid.eq(kid));
        self.delete_row("db.signing_keys.delete", delete).await
    }
}

fn row_of(key: &SigningKey) -> ActiveModel {
    ActiveModel {
        kid: Set(key.kid.clone()),
        algorithm: Set(key.algorithm.as_str().to_owned()),
        generation: Set(key.generation),
        sealed: Set(key.sealed.clone()),
        created_at: Set(micros(key.created_at)),
        active_from: Set(micros(key.active_from)),
    }
}

fn into_key(model: Model) -> Result<SigningKey> {
    let row = Row {
        table: "signing_keys",
        id: model.kid.clone(),
    };
    Ok(SigningKey {
        kid: model.kid,
        algorithm: row.value(model.algorithm.parse::<SigningAlgorithm>())?,
        generation: model.generation,
        sealed: model.sealed,
        created_at: row.time(model.created_at)?,
        active_from: row.time(model.active_from)?,
    })
}
