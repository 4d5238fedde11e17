//! Identities at other providers, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{Email, Identity, IdentityId, IdentityKey, ProviderName, Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::identities::{ActiveModel, Column, Entity, Model},
};
use crate::{IdentityRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> IdentityRepository for Sea<C> {
    async fn insert(&self, identity: &Identity) -> Result<()> {
        self.write("db.identities.insert", async {
            Entity::insert(new_row(identity))
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn find(&self, key: &IdentityKey) -> Result<Option<Identity>> {
        self.run("db.identities.find", async {
            let row = Entity::find()
                .filter(Column::Issuer.eq(key.issuer()))
                .filter(Column::Subject.eq(key.subject()))
                .one(self.conn())
                .await?;
            row.map(into_identity).transpose()
        })
        .await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Identity>> {
        self.run("db.identities.list", async {
            let rows = Entity::find()
                .filter(Column::UserId.eq(user_id.uuid()))
                .order_by_asc(Column::CreatedAt)
                .order_by_asc(Column::Id)
                .all(self.conn())
                .await?;
            rows.into_iter().map(into_identity).collect()
        })
        .await
    }

    async fn record_use(&self, id: IdentityId, at: Timestamp) -> Result<()> {
        self.write("db.identities.record_use", async {
            Entity::update_many()
                .col_expr(Column::LastUsedAt, Expr::value(micros(at)))
                .filter(Column::Id.eq(id.uuid()))
                .exec(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn delete(&self, user_id: UserId, id: IdentityId) -> Result<bool> {
        self.write("db.identities.delete", async {
            let deleted = Entity::delete_many()
                .filter(Column::Id.eq(id.uuid()))
                .filter(Column::UserId.eq(user_id.uuid()))
                .exec(self.conn())
                .await?;
            Ok(deleted.rows_affected == 1)
        })
        .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.write("db.identities.delete_all", async {
            let deleted = Entity::delete_many()
                .filter(Column::UserId.eq(user_id.uuid()))
                .exec(self.conn())
                .await?;
            Ok(deleted.rows_affected)
        })
        .await
    }
}

fn new_row(identity: &Identity) -> ActiveModel {
    ActiveModel {
        id: Set(identity.id.uuid()),
        user_id: Set(identity.user_id.uuid()),
        provider: Set(identity.provider.as_str().to_owned()),
        issuer: Set(identity.key.issuer().to_owned()),
        subject: Set(identity.key.subject().to_owned()),
        email: Set(identity.email.as_ref().map(|email| email.as_str().to_owned())),
        created_at: Set(micros(identity.created_at)),
        last_used_at: Set(identity.last_used_at.map(micros)),
    }
}

fn into_identity(model: Model) -> Result<Identity> {
    let row = Row::of("identities", model.id);
    Ok(Identity {
        id: IdentityId(model.id),
        user_id: UserId(model.user_id),
        provider: row.value(ProviderName::parse(&model.provider))?,
        key: row.value(IdentityKey::parse(&model.issuer, &model.subject))?,
        email: row.optional(model.email, |raw| Email::parse(&raw))?,
        created_at: row.time(model.created_at)?,
        last_used_at: row.optional_time(model.last_used_at)?,
    })
}
