//! Deletions of many files, and how far sweeps have come.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets};

/// Octets of the longest key.
const KEY: u32 = 1024;

/// Creates `file_deletions` and `sweeps`.
///
/// A deletion goes with the bucket and the account that it belongs to. The API key that asked for it
/// may be gone before it ends, so no foreign key names it.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(deletions(manager)).await?;
        for columns in [
            &["owner", "bucket_id", "created_at", "id"][..],
            &["bucket_id"],
            &["status", "moved_at", "id"],
        ] {
            manager.create_index(index("file_deletions", columns)).await?;
        }
        manager.create_table(sweeps(manager)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["sweeps", "file_deletions"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn deletions(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "file_deletions")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("bucket_id").uuid().not_null())
        .col(ColumnDef::new("prefix").var_binary(KEY).not_null())
        .col(ColumnDef::new("owner").uuid().not_null())
        .col(ColumnDef::new("api_key_id").uuid())
        .col(ColumnDef::new("everybody").boolean().not_null())
        .col(ColumnDef::new("ip").string_len(45))
        .col(ColumnDef::new("user_agent").string_len(255))
        .col(ColumnDef::new("request_id").string_len(255))
        .col(octets(manager, "status", 16).not_null())
        .col(ColumnDef::new("deleted").big_integer().not_null())
        .col(ColumnDef::new("total").big_integer())
        .col(ColumnDef::new("reached").var_binary(KEY))
        .col(ColumnDef::new("step").integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("moved_at").big_integer().not_null())
        .col(ColumnDef::new("finished_at").big_integer())
        .foreign_key(&mut foreign_key("file_deletions", "bucket_id", ("buckets", "id")))
        .foreign_key(&mut foreign_key("file_deletions", "owner", ("users", "id")))
        .to_owned()
}

/// A bucket's name and a key of the object store, or an id.
fn sweeps(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "sweeps")
        .col(octets(manager, "name", 64).not_null().primary_key())
        .col(octets(manager, "place", 255).not_null())
        .to_owned()
}
