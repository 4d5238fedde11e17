//! Buckets on SeaORM.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use mainstay_domain::{Bucket, BucketId, BucketLimits, BucketName, MediaPattern, Page, PageRequest, Usage};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbBackend, EntityTrait, ExprTrait, Iterable, Order, QueryFilter, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, Func, SimpleExpr},
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::{
        bucket_usage,
        buckets::{ActiveModel, Column, Entity, Model},
    },
    whole::keep,
};
use crate::{BucketRepository, Result};

/// Rows that share the counting of one bucket. Whoever counts holds a row until the commit is on
/// disk: with one row, all uploads into a bucket would wait for one another.
const SLOTS: i32 = 16;

/// Where the next one counts.
static TURN: AtomicU32 = AtomicU32::new(0);

#[async_trait]
impl<C: SeaConnection> BucketRepository for Sea<C> {
    async fn insert(&self, bucket: &Bucket) -> Result<()> {
        let slots = (0..SLOTS).map(|slot| bucket_usage::ActiveModel {
            bucket_id: Set(bucket.id.uuid()),
            slot: Set(slot),
            used: Set(0),
            files: Set(0),
        });
        self.write("db.buckets.insert", async {
            let whole = self.conn().whole().await?;
            Entity::insert(row_of(bucket))
                .exec_without_returning(&whole)
                .await?;
            bucket_usage::Entity::insert_many(slots)
                .exec_without_returning(&whole)
                .await?;
            Ok(keep(whole).await?)
        })
        .await
    }

    async fn find(&self, name: &BucketName) -> Result<Option<Bucket>> {
        let select = self.counted().filter(Column::Name.eq(name.as_str()));
        let row = self.find_row("db.buckets.find", select).await?;
        row.map(into_bucket).transpose()
    }

    async fn find_by_id(&self, id: BucketId) -> Result<Option<Bucket>> {
        let select = self.counted().filter(Column::Id.eq(id.uuid()));
        let row = self.find_row("db.buckets.find_by_id", select).await?;
        row.map(into_bucket).transpose()
    }

    async fn list(&self, page: &PageRequest) -> Result<Page<Bucket>> {
        let columns = (Column::Name, Column::Id, Order::Asc);
        let rows = self
            .page_rows("db.buckets.list", self.counted(), columns, page)
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
        let counters =
            bucket_usage::Entity::delete_many().filter(bucket_usage::Column::BucketId.eq(id.uuid()));
        let delete = Entity::delete_many().filter(Column::Id.eq(id.uuid()));
        self.write("db.buckets.delete", async {
            let whole = self.conn().whole().await?;
            // In the order of uploads, which count before they add what refers to the bucket.
            counters.exec(&whole).await?;
            let deleted = delete.exec(&whole).await?.rows_affected == 1;
            keep(whole).await?;
            Ok(deleted)
        })
        .await
    }

    async fn count(&self, id: BucketId, change: Usage) -> Result<bool> {
        let quota = Entity::find_by_id(id.uuid()).select_only().column(Column::Quota);
        let quota = quota.into_tuple::<Option<i64>>();
        let row = self.run("db.buckets.quota", async { Ok(quota.one(self.conn()).await?) });
        match row.await? {
            None => Ok(false),
            Some(None) => self.count_spread(id, change).await,
            // All on one row: only so does nobody pass the quota together with others.
            Some(Some(_)) => self.count_within(id, change).await,
        }
    }
}

impl<C: SeaConnection> Sea<C> {
    /// Buckets, with what is counted beside them added to what is counted on their rows.
    fn counted(&self) -> Select<Entity> {
        let backend = self.conn().get_database_backend();
        let plain = Column::iter().filter(|column| !matches!(column, Column::Used | Column::Files));
        let used = Expr::col((Entity, Column::Used)).add(spread(backend, bucket_usage::Column::Used));
        let files = Expr::col((Entity, Column::Files)).add(spread(backend, bucket_usage::Column::Files));
        Entity::find()
            .select_only()
            .columns(plain)
            .expr_as(used, "used")
            .expr_as(files, "files")
    }

    async fn count_spread(&self, id: BucketId, change: Usage) -> Result<bool> {
        let turn = TURN.fetch_add(1, Ordering::Relaxed) % SLOTS.unsigned_abs();
        let update = bucket_usage::Entity::update_many()
            .col_expr(
                bucket_usage::Column::Used,
                Expr::col(bucket_usage::Column::Used).add(change.size),
            )
            .col_expr(
                bucket_usage::Column::Files,
                Expr::col(bucket_usage::Column::Files).add(change.files),
            )
            .filter(bucket_usage::Column::BucketId.eq(id.uuid()))
            .filter(bucket_usage::Column::Slot.eq(turn));
        // A bucket that an older release made has no such rows.
        Ok(self.update_row("db.buckets.count", update).await? || self.count_within(id, change).await?)
    }

    async fn count_within(&self, id: BucketId, change: Usage) -> Result<bool> {
        let backend = self.conn().get_database_backend();
        let after = Expr::col(Column::Used)
            .add(spread(backend, bucket_usage::Column::Used))
            .add(change.size);
        let fits = Condition::any()
            .add(Column::Quota.is_null())
            .add(after.lte(Expr::col(Column::Quota)));
        let update = Entity::update_many()
            .col_expr(Column::Used, Expr::col(Column::Used).add(change.size))
            .col_expr(Column::Files, Expr::col(Column::Files).add(change.files))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Condition::all().add_option((change.size > 0).then_some(fits)));
        self.update_row("db.buckets.count", update).await
    }
}

/// What is counted beside the row of a bucket. A sum of BIGINTs is a DECIMAL on most engines.
fn spread(backend: DbBackend, column: bucket_usage::Column) -> SimpleExpr {
    let sum = Func::coalesce([Expr::col((bucket_usage::Entity, column)).sum(), Expr::value(0)]);
    let kind = match backend {
        DbBackend::MySql => "SIGNED",
        _ => "BIGINT",
    };
    let bucket = Expr::col((bucket_usage::Entity, bucket_usage::Column::BucketId));
    let sum = bucket_usage::Entity::find()
        .select_only()
        .expr(Expr::from(sum).cast_as(kind))
        .filter(bucket.equals((Entity, Column::Id)))
        .into_query();
    Expr::from(sum)
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
