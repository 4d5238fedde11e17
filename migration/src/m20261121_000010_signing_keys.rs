//! Keys that access tokens are signed with.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, octets, unique_index};

/// Creates `signing_keys`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(signing_keys(manager)).await?;
        // Of replicas that make the same key at the same time one succeeds.
        manager
            .create_index(unique_index("signing_keys", &["algorithm", "generation"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("signing_keys").to_owned())
            .await
    }
}

fn signing_keys(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "signing_keys")
        .col(octets(manager, "kid", 64).not_null().primary_key())
        .col(octets(manager, "algorithm", 16).not_null())
        .col(ColumnDef::new("generation").integer().not_null())
        .col(ColumnDef::new("sealed").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("active_from").big_integer().not_null())
        .to_owned()
}
