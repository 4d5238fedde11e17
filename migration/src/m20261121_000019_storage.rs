//! Buckets, files and what they keep in the object store.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets, unique_index};

/// Octets of the longest key.
const KEY: u32 = 1024;

/// Creates `buckets`, `files` and `blobs`.
///
/// Keys are kept as octets, not as text: so they compare by octets on every engine, 1,024 of
/// them fit into MySQL's 3,072 for an index, which as many characters of `utf8mb4` would not,
/// and a list by prefix is a range of the index.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(buckets(manager)).await?;
        manager.create_index(unique_index("buckets", &["name"])).await?;
        manager.create_table(files(manager)).await?;
        manager
            .create_index(unique_index("files", &["bucket_id", "key"]))
            .await?;
        // A user's own files in a bucket, by key; the size makes usage a sum over the index.
        let own = index("files", &["owner", "bucket_id", "key", "size"]);
        manager.create_index(own).await?;
        manager.create_index(index("files", &["owner", "id"])).await?;
        manager.create_table(blobs(manager)).await?;
        manager
            .create_index(index("blobs", &["status", "since", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["blobs", "files", "buckets"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn buckets(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "buckets")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(octets(manager, "name", 63).not_null())
        .col(ColumnDef::new("public").boolean().not_null())
        .col(ColumnDef::new("open").boolean().not_null())
        .col(ColumnDef::new("file_size").big_integer())
        .col(ColumnDef::new("quota").big_integer())
        .col(ColumnDef::new("types").text().not_null())
        .col(ColumnDef::new("used").big_integer().not_null())
        .col(ColumnDef::new("files").big_integer().not_null())
        .col(ColumnDef::new("url_epoch").integer().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

/// A bucket with files in it stays. Files outlive the row of their owner; whoever removes a user
/// removes their files first.
fn files(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let mut bucket = foreign_key("files", "bucket_id", ("buckets", "id"));
    bucket.on_delete(ForeignKeyAction::NoAction);
    let mut owner = foreign_key("files", "owner", ("users", "id"));
    owner.on_delete(ForeignKeyAction::SetNull);
    create_table(manager, "files")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("bucket_id").uuid().not_null())
        .col(ColumnDef::new("key").var_binary(KEY).not_null())
        .col(ColumnDef::new("owner").uuid())
        .col(ColumnDef::new("blob").uuid().not_null())
        .col(ColumnDef::new("size").big_integer().not_null())
        .col(octets(manager, "media_type", 255).not_null())
        .col(octets(manager, "declared_type", 255))
        .col(ColumnDef::new("sha256").binary_len(32).not_null())
        .col(ColumnDef::new("metadata").text().not_null())
        .col(octets(manager, "status", 16).not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(&mut bucket)
        .foreign_key(&mut owner)
        .to_owned()
}

/// Without foreign keys: octets outlive their file and their bucket until they are removed.
fn blobs(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "blobs")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(octets(manager, "bucket", 63).not_null())
        .col(octets(manager, "status", 16).not_null())
        .col(ColumnDef::new("since").big_integer().not_null())
        .to_owned()
}
