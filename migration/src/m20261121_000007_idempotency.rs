//! Remembered answers to `Idempotency-Key` requests.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::schema::{create_table, index};

/// Creates `idempotency_keys`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(idempotency_keys(manager)).await?;
        manager
            .create_index(index("idempotency_keys", &["expires_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("idempotency_keys").to_owned())
            .await
    }
}

fn idempotency_keys(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "idempotency_keys")
        .col(ColumnDef::new("key_hash").binary_len(32).not_null().primary_key())
        .col(ColumnDef::new("fingerprint").binary_len(32).not_null())
        .col(ColumnDef::new("status").integer())
        .col(ColumnDef::new("location").string_len(2048))
        .col(ColumnDef::new("etag").string_len(255))
        .col(body(manager))
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .to_owned()
}

/// MySQL's `TEXT` ends at 64 KiB, too little for a page of a list.
fn body(manager: &SchemaManager<'_>) -> ColumnDef {
    let mut column = ColumnDef::new("body");
    if manager.get_database_backend() == DbBackend::MySql {
        column.custom("MEDIUMTEXT");
    } else {
        column.text();
    }
    column
}
