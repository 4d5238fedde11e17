//! Buckets on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{Bucket, BucketId, BucketLimits, BucketName, MediaPattern, Page, PageRequest, Usage};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter,
    sea_query::Expr,
};

use super::{
    Sea,
    convert::{Row, micros},
    entity::buckets::{ActiveModel, Column, Entity, Model},
};
use crate::{BucketRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> BucketRepository for Sea<C> {
    async fn insert(&self, bucket: &Bucket) -> Result<()> {
        self.insert_row("db.buckets.insert", row_of(bucket)).await
    }

    async fn find(&self, name: &BucketName) -> Result<Option<Bucket>> {
        let select = Entity::find().filter(Column::Name.eq(name.as_str()));
        let row = self.find_row("db.buckets.find", select).await?;
        row.map(into_bucket).transpose()
    }

    async fn find_by_id(&self, id: BucketId) -> Result<Option<Bucket>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.find_row("db.buckets.find_by_id", select).await?;
        row.map(into_bucket).transpose()
    }

    async fn list(&self, page: &PageRequest) -> Result<Page<Bucket>> {
        let columns = (Column::Name, Column::Id, Order::Asc);
        let rows = self
            .page_rows("db.buckets.list", Entity::find(), columns, page)
            .await?;
        rows.try_map(into_bucket)
    }

    async fn update(&self, bucket: &Bucket) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Public, Expr::value(bucket.public))
            .col_expr(Column::Open, Expr::value(bucket.open))
            .col_expr(Column::FileSize, Expr::value(bucket.limits.file_size))
            .col_expr(Column::Quota, Expr::value(bucket.limits.quota))
            .col_expr(Column::Types, Expr::value(types_text(&bucket.limits)))
            .col_expr(Column::UrlEpoch, Expr::value(bucket.url_epoch))
            .col_expr(Column::UpdatedAt, Expr::value(micros(bucket.updated_at)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::Id.eq(bucket.id.uuid()))
            .filter(Column::Version.eq(bucket.version));
        self.update_row("db.buckets.update", update).await
    }

    async fn delete(&self, id: BucketId) -> Result<bool> {
        let delete = Entity::delete_many().filter(Column::Id.eq(id.uuid()));
        self.delete_row("db.buckets.delete", delete).await
    }

    async fn count(&self, id: BucketId, change: Usage) -> Result<bool> {
        let fits = Condition::any().add(Column::Quota.is_null()).add(
            Expr::col(Column::Used)
                .add(change.size)
                .lte(Expr::col(Column::Quota)),
        );
        let update = Entity::update_many()
            .col_expr(Column::Used, Expr::col(Column::Used).add(change.size))
            .col_expr(Column::Files, Expr::col(Column::Files).add(change.files))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Condition::all().add_option((change.size > 0).then_some(fits)));
        self.update_row("db.buckets.count", update).await
    }
}

fn types_text(limits: &BucketLimits) -> String {
    let types: Vec<&str> = limits.types.iter().map(MediaPattern::as_str).collect();
    types.join(" ")
}

fn row_of(bucket: &Bucket) -> ActiveModel {
    ActiveModel {
        id: Set(bucket.id.uuid()),
        name: Set(bucket.name.as_str().to_owned()),
        public: Set(bucket.public),
        open: Set(bucket.open),
        file_size: Set(bucket.limits.file_size),
        quota: Set(bucket.limits.quota),
        types: Set(types_text(&bucket.limits)),
        used: Set(bucket.used),
        files: Set(bucket.files),
        url_epoch: Set(bucket.url_epoch),
        version: Set(bucket.version),
        created_at: Set(micros(bucket.created_at)),
        updated_at: Set(micros(bucket.updated_at)),
    }
}

fn into_bucket(model: Model) -> Result<Bucket> {
    let row = Row::of("buckets", model.id);
    let types = model.types.split(' ').filter(|raw| !raw.is_empty());
    let types = types.map(MediaPattern::parse);
    Ok(Bucket {
        id: BucketId(model.id),
        name: row.value(BucketName::parse(&model.name))?,
        public: model.public,
        open: model.open,
        limits: BucketLimits {
            file_size: model.file_size,
            quota: model.quota,
            types: row.value(types.collect::<std::result::Result<_, _>>())?,
        },
        used: model.used,
        files: model.files,
        url_epoch: model.url_epoch,
        version: model.version,
        created_at: row.time(model.created_at)?,
        updated_at: row.time(model.updated_at)?,
    })
}
