//! Tokens that work once, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::one_time_tokens::{ActiveModel, Column, Entity, Model},
    query::purge,
};
use crate::{OneTimeTokenRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> OneTimeTokenRepository for Sea<C> {
    async fn insert(&self, token: &OneTimeToken) -> Result<()> {
        let row = ActiveModel {
            hash: Set(token.hash.0.to_vec()),
            purpose: Set(token.purpose.as_str().to_owned()),
            user_id: Set(token.user_id.map(UserId::uuid)),
            created_at: Set(micros(token.created_at)),
            expires_at: Set(micros(token.expires_at)),
            used_at: Set(None),
        };
        self.write("db.one_time_tokens.insert", async {
            Entity::insert(row).exec_without_returning(self.conn()).await?;
            Ok(())
        })
        .await
    }

    async fn consume(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>> {
        self.write("db.one_time_tokens.consume", async {
            let consumed = Entity::update_many()
                .col_expr(Column::UsedAt, Expr::value(micros(now)))
                .filter(Column::Hash.eq(hash.0.to_vec()))
                .filter(Column::Purpose.eq(purpose.as_str()))
                .filter(Column::UsedAt.is_null())
                .filter(Column::ExpiresAt.gt(micros(now)))
                .exec(self.conn())
                .await?;
            if consumed.rows_affected == 0 {
                return Ok(None);
            }
            let row = Entity::find_by_id(hash.0.to_vec()).one(self.conn()).await?;
            row.map(into_token).transpose()
        })
        .await
    }

    async fn delete_all(&self, purpose: TokenPurpose) -> Result<u64> {
        self.write("db.one_time_tokens.delete_all", async {
            let deleted = Entity::delete_many()
                .filter(Column::Purpose.eq(purpose.as_str()))
                .exec(self.conn())
                .await?;
            Ok(deleted.rows_affected)
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all().add(Column::ExpiresAt.lt(micros(before)));
        let work = purge::<Vec<u8>, _, Entity>(self.conn(), Column::Hash, stale, limit);
        self.write("db.one_time_tokens.purge", work).await
    }
}

fn into_token(model: Model) -> Result<OneTimeToken> {
    let row = Row {
        table: "one_time_tokens",
        // Not the hash: it would be found in logs.
        id: model.purpose.clone(),
    };
    Ok(OneTimeToken {
        hash: row.hash(model.hash)?,
        purpose: row.value(model.purpose.parse::<TokenPurpose>())?,
        user_id: model.user_id.map(UserId),
        created_at: row.time(model.created_at)?,
        expires_at: row.time(model.expires_at)?,
    })
}
