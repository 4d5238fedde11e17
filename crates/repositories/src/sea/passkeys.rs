//! Passkeys on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{FactorName, Passkey, PasskeyId, PasskeyUse, UserId, WebauthnId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::passkeys::{ActiveModel, Column, Entity, Model},
};
use crate::{PasskeyRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> PasskeyRepository for Sea<C> {
    async fn insert(&self, passkey: &Passkey) -> Result<()> {
        self.insert_row("db.passkeys.insert", new_row(passkey)).await
    }

    async fn find(&self, credential_id: &WebauthnId) -> Result<Option<Passkey>> {
        let select = Entity::find().filter(Column::CredentialId.eq(credential_id.octets().to_vec()));
        self.run("db.passkeys.find", async {
            let row = select.one(self.conn()).await?;
            row.map(into_passkey).transpose()
        })
        .await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Passkey>> {
        let listed = Entity::find()
            .filter(Column::UserId.eq(user_id.uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id);
        self.run("db.passkeys.list", async {
            let rows = listed.all(self.conn()).await?;
            rows.into_iter().map(into_passkey).collect()
        })
        .await
    }

    async fn record_use(&self, id: PasskeyId, used: &PasskeyUse) -> Result<bool> {
        let seen = ActiveModel {
            sign_count: Set(used.sign_count),
            backed_up: Set(used.backed_up),
            last_used_at: Set(Some(micros(used.at))),
            ..ActiveModel::default()
        };
        let mut moved_on = Condition::any().add(Column::SignCount.lt(used.sign_count));
        if used.sign_count == 0 {
            moved_on = moved_on.add(Column::SignCount.eq(0));
        }
        let update = Entity::update_many()
            .set(seen)
            .filter(Column::Id.eq(id.uuid()))
            .filter(moved_on);
        self.update_row("db.passkeys.record_use", update).await
    }

    async fn rename(&self, user_id: UserId, id: PasskeyId, name: &FactorName) -> Result<bool> {
        let renamed = ActiveModel {
            name: Set(name.as_str().to_owned()),
            ..ActiveModel::default()
        };
        let update = Entity::update_many()
            .set(renamed)
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(user_id.uuid()));
        self.update_row("db.passkeys.rename", update).await
    }

    async fn end_passwordless(&self, user_id: UserId) -> Result<u64> {
        let bound = ActiveModel {
            passwordless: Set(false),
            ..ActiveModel::default()
        };
        let update = Entity::update_many()
            .set(bound)
            .filter(Column::UserId.eq(user_id.uuid()));
        self.write("db.passkeys.end_passwordless", async {
            Ok(update.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn delete(&self, user_id: UserId, id: PasskeyId) -> Result<bool> {
        let delete = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(user_id.uuid()));
        self.delete_row("db.passkeys.delete", delete).await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        let delete = Entity::delete_many().filter(Column::UserId.eq(user_id.uuid()));
        self.write("db.passkeys.delete_all", async {
            Ok(delete.exec(self.conn()).await?.rows_affected)
        })
        .await
    }
}

fn new_row(passkey: &Passkey) -> ActiveModel {
    ActiveModel {
        id: Set(passkey.id.uuid()),
        user_id: Set(passkey.user_id.uuid()),
        name: Set(passkey.name.as_str().to_owned()),
        credential_id: Set(passkey.credential_id.octets().to_vec()),
        public_key: Set(passkey.public_key.clone()),
        sign_count: Set(passkey.sign_count),
        transports: Set(passkey.transports.clone()),
        backup_eligible: Set(passkey.backup_eligible),
        backed_up: Set(passkey.backed_up),
        passwordless: Set(passkey.passwordless),
        created_at: Set(micros(passkey.created_at)),
        last_used_at: Set(passkey.last_used_at.map(micros)),
    }
}

fn into_passkey(model: Model) -> Result<Passkey> {
    let row = Row {
        table: "passkeys",
        id: model.id,
    };
    Ok(Passkey {
        id: PasskeyId(model.id),
        user_id: UserId(model.user_id),
        name: row.value(FactorName::parse(&model.name))?,
        credential_id: row.value(WebauthnId::new(model.credential_id))?,
        public_key: model.public_key,
        sign_count: model.sign_count,
        transports: model.transports,
        backup_eligible: model.backup_eligible,
        backed_up: model.backed_up,
        passwordless: model.passwordless,
        created_at: row.time(model.created_at)?,
        last_used_at: row.optional_time(model.last_used_at)?,
    })
}
