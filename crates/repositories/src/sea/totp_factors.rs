//! Authenticator apps on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{FactorName, SealedSecret, Timestamp, TotpFactor, TotpFactorId, TotpStep, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    prelude::Uuid,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::totp_factors::{ActiveModel, Column, Entity, Model},
    query::{delete_found, purge},
};
use crate::{Result, TotpFactorRepository};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> TotpFactorRepository for Sea<C> {
    async fn insert(&self, factor: &TotpFactor) -> Result<()> {
        self.insert_row("db.totp_factors.insert", new_row(factor)).await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<TotpFactor>> {
        let listed = Entity::find()
            .filter(Column::UserId.eq(user_id.uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id);
        self.run("db.totp_factors.list", async {
            let rows = listed.all(self.conn()).await?;
            rows.into_iter().map(into_factor).collect()
        })
        .await
    }

    async fn confirm(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool> {
        let confirmed = ActiveModel {
            confirmed_at: Set(Some(micros(now))),
            last_step: Set(Some(step.0)),
            last_used_at: Set(Some(micros(now))),
            ..ActiveModel::default()
        };
        let update = Entity::update_many()
            .set(confirmed)
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::ConfirmedAt.is_null());
        self.update_row("db.totp_factors.confirm", update).await
    }

    async fn use_step(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool> {
        let used = ActiveModel {
            last_step: Set(Some(step.0)),
            last_used_at: Set(Some(micros(now))),
            ..ActiveModel::default()
        };
        let update = Entity::update_many()
            .set(used)
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::ConfirmedAt.is_not_null())
            .filter(Column::LastStep.lt(step.0));
        self.update_row("db.totp_factors.use_step", update).await
    }

    async fn delete(&self, user_id: UserId, id: TotpFactorId) -> Result<bool> {
        let delete = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(user_id.uuid()));
        self.delete_row("db.totp_factors.delete", delete).await
    }

    async fn delete_unconfirmed(&self, user_id: UserId) -> Result<u64> {
        let unconfirmed = Condition::all()
            .add(Column::UserId.eq(user_id.uuid()))
            .add(Column::ConfirmedAt.is_null());
        self.write(
            "db.totp_factors.delete_unconfirmed",
            delete_found::<Uuid, _, Entity>(self.conn(), Column::Id, unconfirmed),
        )
        .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        let delete = Entity::delete_many().filter(Column::UserId.eq(user_id.uuid()));
        self.write("db.totp_factors.delete_all", async {
            Ok(delete.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn purge_unconfirmed(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all()
            .add(Column::ConfirmedAt.is_null())
            .add(Column::CreatedAt.lt(micros(before)));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, stale, limit);
        self.write("db.totp_factors.purge_unconfirmed", work).await
    }
}

fn new_row(factor: &TotpFactor) -> ActiveModel {
    ActiveModel {
        id: Set(factor.id.uuid()),
        user_id: Set(factor.user_id.uuid()),
        name: Set(factor.name.as_str().to_owned()),
        secret: Set(factor.secret.0.clone()),
        created_at: Set(micros(factor.created_at)),
        confirmed_at: Set(factor.confirmed_at.map(micros)),
        last_step: Set(factor.last_step.map(|step| step.0)),
        last_used_at: Set(factor.last_used_at.map(micros)),
    }
}

fn into_factor(model: Model) -> Result<TotpFactor> {
    let row = Row {
        table: "totp_factors",
        id: model.id,
    };
    Ok(TotpFactor {
        id: TotpFactorId(model.id),
        user_id: UserId(model.user_id),
        name: row.value(FactorName::parse(&model.name))?,
        secret: SealedSecret(model.secret),
        created_at: row.time(model.created_at)?,
        confirmed_at: row.optional_time(model.confirmed_at)?,
        last_step: model.last_step.map(TotpStep),
        last_used_at: row.optional_time(model.last_used_at)?,
    })
}
