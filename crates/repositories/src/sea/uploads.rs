//! Files that come in parts, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    BlobId, BucketId, DirectUpload, FileMetadata, MediaType, ObjectKey, Page, PageRequest, ResumableUpload,
    Sha256, Timestamp, UploadId, UploadPart, UserId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, prelude::Uuid, sea_query::Expr,
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::{
        upload_parts,
        uploads::{ActiveModel, Column, Entity, Model},
        users,
    },
    query::purge,
    whole::keep,
};
use crate::{RepositoryError, Result, UploadAdmission, UploadBounds, UploadRepository, constraint};

#[async_trait]
impl<C: SeaConnection> UploadRepository for Sea<C> {
    async fn insert(&self, upload: &ResumableUpload, bounds: UploadBounds) -> Result<UploadAdmission> {
        let row = row_of(upload)?;
        self.write("db.uploads.insert", async {
            let whole = self.conn().whole().await?;
            let admission = bounds.judge(upload.length, &under_way(&whole, upload).await?);
            if admission == UploadAdmission::Kept {
                Entity::insert(row).exec_without_returning(&whole).await?;
            }
            keep(whole).await?;
            Ok(admission)
        })
        .await
    }

    async fn find(&self, id: UploadId) -> Result<Option<ResumableUpload>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.find_row("db.uploads.find", select).await?;
        row.map(into_upload).transpose()
    }

    async fn list(&self, owner: UserId, page: &PageRequest) -> Result<Page<ResumableUpload>> {
        let own = Entity::find().filter(Column::Owner.eq(owner.uuid()));
        let columns = (Column::CreatedAt, Column::Id, Order::Desc);
        let rows = self.page_rows("db.uploads.list", own, columns, page).await?;
        rows.try_map(into_upload)
    }

    async fn append(&self, id: UploadId, part: &UploadPart) -> Result<bool> {
        let row = upload_parts::ActiveModel {
            id: Set(part.blob.uuid()),
            upload_id: Set(id.uuid()),
            start: Set(part.start),
            size: Set(part.size),
        };
        let count = Entity::update_many()
            .col_expr(Column::Received, Expr::value(part.start + part.size))
            .filter(unfinished(id))
            .filter(Column::Received.eq(part.start));
        self.write("db.uploads.append", async {
            let whole = self.conn().whole().await?;
            let counted = count.exec(&whole).await?.rows_affected == 1;
            if counted {
                upload_parts::Entity::insert(row)
                    .exec_without_returning(&whole)
                    .await?;
            }
            keep(whole).await?;
            Ok(counted)
        })
        .await
    }

    async fn parts(&self, id: UploadId) -> Result<Vec<UploadPart>> {
        self.run("db.uploads.parts", async {
            let rows = upload_parts::Entity::find()
                .filter(upload_parts::Column::UploadId.eq(id.uuid()))
                .order_by_asc(upload_parts::Column::Start)
                .all(self.conn())
                .await?;
            let part = |row: upload_parts::Model| UploadPart {
                blob: BlobId(row.id),
                start: row.start,
                size: row.size,
            };
            Ok(rows.into_iter().map(part).collect())
        })
        .await
    }

    async fn finish(&self, id: UploadId) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Finished, Expr::value(true))
            .col_expr(Column::Received, Expr::col(Column::Length))
            .filter(unfinished(id));
        self.update_row("db.uploads.finish", update).await
    }

    async fn delete(&self, id: UploadId, owner: UserId) -> Result<bool> {
        let delete = Entity::delete_many()
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Owner.eq(owner.uuid()));
        self.delete_row("db.uploads.delete", delete).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all().add(Column::ExpiresAt.lt(micros(before)));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, stale, limit);
        self.write("db.uploads.purge", work).await
    }
}

/// The owner's uploads under way: how long each is, and whether it goes into the same bucket. As with
/// API keys, whoever asks holds the owner's row until the end of the transaction.
async fn under_way<C: ConnectionTrait>(whole: &C, upload: &ResumableUpload) -> Result<Vec<(i64, bool)>> {
    let owner = users::Entity::find_by_id(upload.owner.uuid())
        .lock_exclusive()
        .one(whole)
        .await?;
    if owner.is_none() {
        return Err(RepositoryError::Conflict {
            constraint: constraint::REFERENCE.to_owned(),
        });
    }
    let rows = Entity::find()
        .select_only()
        .columns([Column::Length, Column::BucketId])
        .filter(Column::Owner.eq(upload.owner.uuid()))
        .filter(Column::Finished.eq(false))
        .filter(Column::ExpiresAt.gt(micros(upload.created_at)))
        .into_tuple::<(i64, Uuid)>()
        .all(whole)
        .await?;
    let same = |bucket: Uuid| bucket == upload.bucket_id.uuid();
    Ok(rows
        .into_iter()
        .map(|(length, bucket)| (length, same(bucket)))
        .collect())
}

fn unfinished(id: UploadId) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id.uuid()))
        .add(Column::Finished.eq(false))
}

fn row_of(upload: &ResumableUpload) -> Result<ActiveModel> {
    let metadata = serde_json::to_string(&upload.metadata);
    let metadata = metadata.map_err(|error| RepositoryError::Backend(error.to_string()))?;
    let (declared_type, direct) = (upload.declared_type.as_ref(), upload.direct);
    Ok(ActiveModel {
        id: Set(upload.id.uuid()),
        bucket_id: Set(upload.bucket_id.uuid()),
        key: Set(upload.key.as_str().as_bytes().to_vec()),
        owner: Set(upload.owner.uuid()),
        length: Set(upload.length),
        received: Set(upload.received),
        declared_type: Set(declared_type.map(|kind| kind.as_str().to_owned())),
        metadata: Set(metadata),
        sha256: Set(upload.sha256.map(|sum| sum.0.to_vec())),
        announced: Set(upload.announced.clone()),
        staging: Set(direct.map(|direct| direct.staging.uuid())),
        only_new: Set(direct.map(|direct| direct.only_new)),
        only_over: Set(direct
            .and_then(|direct| direct.only_over)
            .map(|sum| sum.0.to_vec())),
        finished: Set(upload.finished),
        created_at: Set(micros(upload.created_at)),
        expires_at: Set(micros(upload.expires_at)),
    })
}

fn into_upload(model: Model) -> Result<ResumableUpload> {
    let row = Row::of("uploads", model.id);
    let key = row.value(String::from_utf8(model.key))?;
    let metadata: FileMetadata = row.value(serde_json::from_str(&model.metadata))?;
    let sha256 = model.sha256.map(|sum| row.octets(sum)).transpose()?;
    let only_over = model.only_over.map(|sum| row.octets(sum)).transpose()?;
    let direct = model.staging.map(|staging| DirectUpload {
        staging: BlobId(staging),
        only_new: model.only_new.unwrap_or_default(),
        only_over: only_over.map(Sha256),
    });
    Ok(ResumableUpload {
        id: UploadId(model.id),
        bucket_id: BucketId(model.bucket_id),
        key: row.value(ObjectKey::parse(&key))?,
        owner: UserId(model.owner),
        length: model.length,
        received: model.received,
        declared_type: row.optional(model.declared_type, |raw| MediaType::parse(&raw))?,
        metadata,
        sha256: sha256.map(Sha256),
        announced: model.announced,
        direct,
        finished: model.finished,
        created_at: row.time(model.created_at)?,
        expires_at: row.time(model.expires_at)?,
    })
}
