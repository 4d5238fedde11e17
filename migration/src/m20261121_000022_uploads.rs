//! Files that come in parts.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets};

/// Octets of the longest key.
const KEY: u32 = 1024;

/// Creates `uploads` and `upload_parts`.
///
/// Both go with what they belong to. The octets of a part have a row in `blobs`, so that nothing
/// in the object store is forgotten by that.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(uploads(manager)).await?;
        for columns in [
            &["owner", "finished", "expires_at"][..],
            &["bucket_id"],
            &["expires_at", "id"],
        ] {
            manager.create_index(index("uploads", columns)).await?;
        }
        manager.create_table(parts(manager)).await?;
        manager
            .create_index(index("upload_parts", &["upload_id", "start"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["upload_parts", "uploads"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn uploads(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "uploads")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("bucket_id").uuid().not_null())
        .col(ColumnDef::new("key").var_binary(KEY).not_null())
        .col(ColumnDef::new("owner").uuid().not_null())
        .col(ColumnDef::new("length").big_integer().not_null())
        .col(ColumnDef::new("received").big_integer().not_null())
        .col(octets(manager, "declared_type", 255))
        .col(ColumnDef::new("metadata").text().not_null())
        .col(ColumnDef::new("sha256").binary_len(32))
        .col(ColumnDef::new("announced").text().not_null())
        .col(ColumnDef::new("finished").boolean().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .foreign_key(&mut foreign_key("uploads", "bucket_id", ("buckets", "id")))
        .foreign_key(&mut foreign_key("uploads", "owner", ("users", "id")))
        .to_owned()
}

/// The id is that of the blob.
fn parts(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "upload_parts")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("upload_id").uuid().not_null())
        .col(ColumnDef::new("start").big_integer().not_null())
        .col(ColumnDef::new("size").big_integer().not_null())
        .foreign_key(&mut foreign_key("upload_parts", "upload_id", ("uploads", "id")))
        .to_owned()
}
