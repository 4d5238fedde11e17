//! What is kept in buckets, counted in several rows.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key};

/// Rows that share the counting of one bucket.
const SLOTS: i32 = 16;

/// Brings back to the buckets' rows what was counted beside them.
const GATHER: &str = "UPDATE buckets SET \
    used = used + (SELECT COALESCE(SUM(s.used), 0) FROM bucket_usage s WHERE s.bucket_id = buckets.id), \
    files = files + (SELECT COALESCE(SUM(s.files), 0) FROM bucket_usage s WHERE s.bucket_id = buckets.id)";

/// Creates `bucket_usage`. Whoever counts holds a row until the commit is on disk: with one row,
/// all uploads into a bucket wait for one another. What was counted before stays on the bucket's row.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = create_table(manager, "bucket_usage")
            .col(ColumnDef::new("bucket_id").uuid().not_null())
            .col(ColumnDef::new("slot").integer().not_null())
            .col(ColumnDef::new("used").big_integer().not_null())
            .col(ColumnDef::new("files").big_integer().not_null())
            .primary_key(Index::create().col("bucket_id").col("slot"))
            .foreign_key(&mut foreign_key("bucket_usage", "bucket_id", ("buckets", "id")))
            .to_owned();
        manager.create_table(table).await?;
        for slot in 0..SLOTS {
            let fill = format!(
                "INSERT INTO bucket_usage (bucket_id, slot, used, files) SELECT id, {slot}, 0, 0 FROM buckets"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(GATHER).await?;
        manager
            .drop_table(Table::drop().table("bucket_usage").to_owned())
            .await
    }
}
