//! Files on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    BlobId, BucketId, File, FileEntry, FileId, FileMetadata, FileQuery, FileStatus, MediaType, ObjectKey,
    Page, PageRequest, Position, Sha256, SortValue, Usage, UserId,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Asterisk, Expr, Func},
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::files::{ActiveModel, Column, Entity, Model},
    file_list,
    query::{rows_of, total},
};
use crate::{FileRepository, RepositoryError, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> FileRepository for Sea<C> {
    async fn insert(&self, file: &File) -> Result<()> {
        let row = ActiveModel {
            id: Set(file.id.uuid()),
            owner: Set(file.owner.map(UserId::uuid)),
            created_at: Set(micros(file.created_at)),
            version: Set(file.version),
            ..changing(file)?
        };
        self.insert_row("db.files.insert", row).await
    }

    async fn find(&self, bucket: BucketId, key: &ObjectKey) -> Result<Option<File>> {
        let select = Entity::find()
            .filter(Column::BucketId.eq(bucket.uuid()))
            .filter(Column::Key.eq(key.as_str().as_bytes()));
        let row = self.find_row("db.files.find", select).await?;
        row.map(into_file).transpose()
    }

    async fn find_by_id(&self, id: FileId) -> Result<Option<File>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.find_row("db.files.find_by_id", select).await?;
        row.map(into_file).transpose()
    }

    async fn update(&self, file: &File) -> Result<bool> {
        let row = ActiveModel {
            version: Set(file.version + 1),
            ..changing(file)?
        };
        let update = Entity::update_many().set(row).filter(same_version(file));
        self.update_row("db.files.update", update).await
    }

    async fn judge(&self, id: FileId, blob: BlobId, verdict: FileStatus) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(verdict.as_str()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Blob.eq(blob.uuid()))
            .filter(Column::Status.eq(FileStatus::Unscanned.as_str()));
        self.update_row("db.files.judge", update).await
    }

    async fn delete(&self, file: &File) -> Result<bool> {
        let delete = Entity::delete_many().filter(same_version(file));
        self.delete_row("db.files.delete", delete).await
    }

    async fn list(&self, bucket: BucketId, query: &FileQuery) -> Result<Page<FileEntry>> {
        self.run("db.files.list", file_list::list(self.conn(), bucket, query))
            .await
    }

    async fn list_owned(&self, owner: UserId, page: &PageRequest) -> Result<Page<File>> {
        self.run("db.files.list_owned", async {
            let owned = Entity::find().filter(Column::Owner.eq(owner.uuid()));
            let after = page.after.as_ref().map(|after| Column::Id.gt(after.id));
            let rows = owned
                .clone()
                .filter(Condition::all().add_option(after))
                .order_by_asc(Column::Id)
                .limit(rows_of(page))
                .all(self.conn())
                .await?;
            let files = rows.into_iter().map(into_file).collect::<Result<Vec<_>>>()?;
            Ok(Page {
                total: total(self.conn(), page, owned).await?,
                ..Page::from_rows(files, page.limit, by_id)
            })
        })
        .await
    }

    async fn walk(&self, after: Option<FileId>, limit: u32) -> Result<Vec<File>> {
        let behind = after.map(|after| Column::Id.gt(after.uuid()));
        let select = Entity::find()
            .filter(Condition::all().add_option(behind))
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        self.run("db.files.walk", async {
            let rows = select.all(self.conn()).await?;
            rows.into_iter().map(into_file).collect()
        })
        .await
    }

    async fn usage(&self, owner: UserId, bucket: Option<BucketId>) -> Result<Usage> {
        let bucket = bucket.map(|bucket| Column::BucketId.eq(bucket.uuid()));
        // A sum of BIGINTs is a DECIMAL on most engines.
        let size = Func::coalesce([Column::Size.sum(), Expr::value(0)]);
        let kind = |conn: &C| match conn.get_database_backend() {
            sea_orm::DbBackend::MySql => "SIGNED",
            _ => "BIGINT",
        };
        self.run("db.files.usage", async {
            let summed = Entity::find()
                .select_only()
                .expr(Expr::from(size).cast_as(kind(self.conn())))
                .expr(Expr::col(Asterisk).count())
                .filter(Column::Owner.eq(owner.uuid()))
                .filter(Condition::all().add_option(bucket));
            let row = self.conn().query_one(&summed.into_query()).await?;
            let Some(row) = row else {
                return Ok(Usage::default());
            };
            Ok(Usage {
                size: row.try_get_by_index(0)?,
                files: row.try_get_by_index(1)?,
            })
        })
        .await
    }
}

fn by_id(file: &File) -> Position {
    Position {
        value: SortValue::Text(String::new()),
        id: file.id.uuid(),
    }
}

fn same_version(file: &File) -> Condition {
    Condition::all()
        .add(Column::Id.eq(file.id.uuid()))
        .add(Column::Version.eq(file.version))
}

/// The columns that an update writes.
fn changing(file: &File) -> Result<ActiveModel> {
    let metadata = serde_json::to_string(&file.metadata);
    let metadata = metadata.map_err(|error| RepositoryError::Backend(error.to_string()))?;
    Ok(ActiveModel {
        id: NotSet,
        bucket_id: Set(file.bucket_id.uuid()),
        key: Set(file.key.as_str().as_bytes().to_vec()),
        owner: NotSet,
        blob: Set(file.blob.uuid()),
        size: Set(file.size),
        media_type: Set(file.media_type.as_str().to_owned()),
        declared_type: Set(file.declared_type.as_ref().map(|kind| kind.as_str().to_owned())),
        sha256: Set(file.sha256.0.to_vec()),
        metadata: Set(metadata),
        status: Set(file.status.as_str().to_owned()),
        version: NotSet,
        created_at: NotSet,
        updated_at: Set(micros(file.updated_at)),
    })
}

pub(super) fn into_file(model: Model) -> Result<File> {
    let row = Row::of("files", model.id);
    let key = row.value(String::from_utf8(model.key))?;
    let metadata: FileMetadata = row.value(serde_json::from_str(&model.metadata))?;
    Ok(File {
        id: FileId(model.id),
        bucket_id: BucketId(model.bucket_id),
        key: row.value(ObjectKey::parse(&key))?,
        owner: model.owner.map(UserId),
        blob: BlobId(model.blob),
        size: model.size,
        media_type: row.value(MediaType::parse(&model.media_type))?,
        declared_type: row.optional(model.declared_type, |raw| MediaType::parse(&raw))?,
        sha256: Sha256(row.octets(model.sha256)?),
        metadata,
        status: FileStatus::from_name(&model.status).ok_or_else(|| row.corrupt())?,
        version: model.version,
        created_at: row.time(model.created_at)?,
        updated_at: row.time(model.updated_at)?,
    })
}
