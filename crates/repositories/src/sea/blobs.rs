//! Octets in the object store, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{Blob, BlobId, BlobStatus, BucketName, Timestamp};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, prelude::Uuid, sea_query::Expr,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::blobs::{ActiveModel, Column, Entity, Model},
    query::count,
};
use crate::{BlobRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> BlobRepository for Sea<C> {
    async fn insert(&self, blob: &Blob) -> Result<()> {
        let row = ActiveModel {
            id: Set(blob.id.uuid()),
            bucket: Set(blob.bucket.as_str().to_owned()),
            status: Set(blob.status.as_str().to_owned()),
            since: Set(micros(blob.since)),
        };
        self.insert_row("db.blobs.insert", row).await
    }

    async fn find(&self, id: BlobId) -> Result<Option<Blob>> {
        let row = self
            .find_row("db.blobs.find", Entity::find_by_id(id.uuid()))
            .await?;
        row.map(into_blob).transpose()
    }

    async fn set_status(&self, id: BlobId, from: BlobStatus, to: BlobStatus, at: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(to.as_str()))
            .col_expr(Column::Since, Expr::value(micros(at)))
            .filter(in_status(id, from));
        self.update_row("db.blobs.set_status", update).await
    }

    async fn list(&self, status: BlobStatus, before: Timestamp, limit: u32) -> Result<Vec<Blob>> {
        self.run("db.blobs.list", async {
            let rows = Entity::find()
                .filter(Column::Status.eq(status.as_str()))
                .filter(Column::Since.lt(micros(before)))
                .order_by_asc(Column::Since)
                .order_by_asc(Column::Id)
                .limit(u64::from(limit))
                .all(self.conn())
                .await?;
            rows.into_iter().map(into_blob).collect()
        })
        .await
    }

    async fn count(&self, status: BlobStatus, before: Timestamp) -> Result<u64> {
        let counted = Entity::find()
            .filter(Column::Status.eq(status.as_str()))
            .filter(Column::Since.lt(micros(before)));
        self.run("db.blobs.count", count(self.conn(), counted)).await
    }

    async fn known(&self, ids: &[BlobId]) -> Result<Vec<BlobId>> {
        let select = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .into_tuple::<Uuid>();
        self.run("db.blobs.known", async {
            let found = select.all(self.conn()).await?;
            Ok(found.into_iter().map(BlobId).collect())
        })
        .await
    }

    async fn delete(&self, id: BlobId, status: BlobStatus) -> Result<bool> {
        let delete = Entity::delete_many().filter(in_status(id, status));
        self.delete_row("db.blobs.delete", delete).await
    }
}

fn in_status(id: BlobId, status: BlobStatus) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id.uuid()))
        .add(Column::Status.eq(status.as_str()))
}

fn into_blob(model: Model) -> Result<Blob> {
    let row = Row::of("blobs", model.id);
    Ok(Blob {
        id: BlobId(model.id),
        bucket: row.value(BucketName::parse(&model.bucket))?,
        status: BlobStatus::from_name(&model.status).ok_or_else(|| row.corrupt())?,
        since: row.time(model.since)?,
    })
}
