//! Tokens that work once, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{OneTimeToken, Timestamp, TokenHash, TokenPurpose, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::one_time_tokens::{ActiveModel, Column, Entity, Model},
    query::{delete_found, purge},
};
use crate::{OneTimeTokenRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> OneTimeTokenRepository for Sea<C> {
    async fn insert(&self, token: &OneTimeToken) -> Result<()> {
        self.write("db.one_time_tokens.insert", async {
            Entity::insert(new_row(token))
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn replace(&self, token: &OneTimeToken) -> Result<()> {
        let columns = Column::iter().filter(|column| !matches!(column, Column::Hash));
        let replace = OnConflict::column(Column::Hash)
            .update_columns(columns)
            .to_owned();
        self.write("db.one_time_tokens.replace", async {
            Entity::insert(new_row(token))
                .on_conflict(replace)
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn attempt(
        &self,
        hash: &TokenHash,
        purpose: TokenPurpose,
        max_tries: i32,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>> {
        self.write("db.one_time_tokens.attempt", async {
            let counted = Entity::update_many()
                .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
                .filter(usable(hash, purpose, now))
                .filter(Column::Tries.lt(max_tries))
                .exec(self.conn())
                .await?;
            if counted.rows_affected == 0 {
                return Ok(None);
            }
            find(self.conn(), hash).await
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
                .filter(usable(hash, purpose, now))
                .exec(self.conn())
                .await?;
            if consumed.rows_affected == 0 {
                return Ok(None);
            }
            find(self.conn(), hash).await
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

    async fn delete_for_user(&self, user_id: UserId, purpose: TokenPurpose) -> Result<u64> {
        let own = Condition::all()
            .add(Column::Purpose.eq(purpose.as_str()))
            .add(Column::UserId.eq(user_id.uuid()));
        self.write(
            "db.one_time_tokens.delete_for_user",
            delete_found::<Vec<u8>, _, Entity>(self.conn(), Column::Hash, own),
        )
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all().add(Column::ExpiresAt.lt(micros(before)));
        let work = purge::<Vec<u8>, _, Entity>(self.conn(), Column::Hash, stale, limit);
        self.write("db.one_time_tokens.purge", work).await
    }
}

fn new_row(token: &OneTimeToken) -> ActiveModel {
    ActiveModel {
        hash: Set(token.hash.0.to_vec()),
        purpose: Set(token.purpose.as_str().to_owned()),
        user_id: Set(token.user_id.map(UserId::uuid)),
        created_at: Set(micros(token.created_at)),
        expires_at: Set(micros(token.expires_at)),
        used_at: Set(None),
        payload: Set(token.payload.clone()),
        tries: Set(token.tries),
    }
}

fn usable(hash: &TokenHash, purpose: TokenPurpose, now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::Hash.eq(hash.0.to_vec()))
        .add(Column::Purpose.eq(purpose.as_str()))
        .add(Column::UsedAt.is_null())
        .add(Column::ExpiresAt.gt(micros(now)))
}

async fn find<C: ConnectionTrait>(conn: &C, hash: &TokenHash) -> Result<Option<OneTimeToken>> {
    let row = Entity::find_by_id(hash.0.to_vec()).one(conn).await?;
    row.map(into_token).transpose()
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
        payload: model.payload,
        tries: model.tries,
    })
}
