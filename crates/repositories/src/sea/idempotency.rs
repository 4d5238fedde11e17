//! Remembered answers on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{IdempotencyRecord, StoredResponse, Timestamp};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::idempotency_keys::{ActiveModel, Column, Entity, Model},
    query::{insert_new, purge},
};
use crate::{IdempotencyRepository, RepositoryError, Result};

/// A key can be given back between two looks at it; more often than this is no coincidence.
const CLAIM_TRIES: u32 = 5;

#[async_trait]
impl<C: SeaConnection> IdempotencyRepository for Sea<C> {
    async fn claim(&self, record: &IdempotencyRecord, now: Timestamp) -> Result<Option<IdempotencyRecord>> {
        self.write("db.idempotency.claim", async {
            for _ in 0..CLAIM_TRIES {
                if insert_new(self.conn(), Entity::insert(claimed(record))).await?
                    || take_over(self.conn(), record, now).await?
                {
                    return Ok(None);
                }
                let row = Entity::find_by_id(record.key.0.to_vec()).one(self.conn()).await?;
                if let Some(row) = row {
                    return into_record(row).map(Some);
                }
            }
            let text = "an idempotency key came and went too often";
            Err(RepositoryError::Unavailable(text.to_owned()))
        })
        .await
    }

    async fn complete(&self, claim: &IdempotencyRecord, response: &StoredResponse) -> Result<()> {
        let answer = ActiveModel {
            status: Set(Some(i32::from(response.status))),
            location: Set(response.location.clone()),
            etag: Set(response.etag.clone()),
            body: Set(Some(response.body.clone())),
            ..ActiveModel::default()
        };
        self.write("db.idempotency.complete", async {
            Entity::update_many()
                .set(answer)
                .filter(held_by(claim))
                .exec(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn release(&self, claim: &IdempotencyRecord) -> Result<()> {
        self.write("db.idempotency.release", async {
            Entity::delete_many()
                .filter(held_by(claim))
                .exec(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all().add(Column::ExpiresAt.lt(micros(before)));
        let work = purge::<Vec<u8>, _, Entity>(self.conn(), Column::KeyHash, stale, limit);
        self.write("db.idempotency.purge", work).await
    }
}

/// Makes an expired record this one, unless somebody else just did.
async fn take_over<C: ConnectionTrait>(
    conn: &C,
    record: &IdempotencyRecord,
    now: Timestamp,
) -> std::result::Result<bool, DbErr> {
    let taken = Entity::update_many()
        .set(ActiveModel {
            key_hash: sea_orm::ActiveValue::NotSet,
            ..claimed(record)
        })
        .filter(Column::KeyHash.eq(record.key.0.to_vec()))
        .filter(Column::ExpiresAt.lt(micros(now)))
        .exec(conn)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// The key as long as this claim holds it and has no answer.
fn held_by(claim: &IdempotencyRecord) -> Condition {
    Condition::all()
        .add(Column::KeyHash.eq(claim.key.0.to_vec()))
        .add(Column::ExpiresAt.eq(micros(claim.expires_at)))
        .add(Column::Status.is_null())
}

fn claimed(record: &IdempotencyRecord) -> ActiveModel {
    let response = record.response.as_ref();
    ActiveModel {
        key_hash: Set(record.key.0.to_vec()),
        fingerprint: Set(record.fingerprint.0.to_vec()),
        status: Set(response.map(|response| i32::from(response.status))),
        location: Set(response.and_then(|response| response.location.clone())),
        etag: Set(response.and_then(|response| response.etag.clone())),
        body: Set(response.map(|response| response.body.clone())),
        expires_at: Set(micros(record.expires_at)),
    }
}

fn into_record(model: Model) -> Result<IdempotencyRecord> {
    let row = Row {
        table: "idempotency_keys",
        id: model.expires_at,
    };
    let response = match (model.status, model.body) {
        (None, None) => None,
        (Some(status), Some(body)) => Some(StoredResponse {
            status: row.value(u16::try_from(status))?,
            location: model.location,
            etag: model.etag,
            body,
        }),
        _ => return Err(row.corrupt()),
    };
    Ok(IdempotencyRecord {
        key: row.hash(model.key_hash)?,
        fingerprint: row.hash(model.fingerprint)?,
        response,
        expires_at: row.time(model.expires_at)?,
    })
}
