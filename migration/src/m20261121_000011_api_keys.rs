//! API keys.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index};

/// Creates `api_keys`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(api_keys(manager)).await?;
        manager
            .create_index(index("api_keys", &["user_id", "created_at", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("api_keys").to_owned())
            .await
    }
}

fn api_keys(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "api_keys")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("name").string_len(100).not_null())
        .col(ColumnDef::new("hash").binary_len(32).not_null())
        .col(ColumnDef::new("scopes").text().not_null())
        .col(ColumnDef::new("rate_limit").integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_used_at").big_integer())
        .col(ColumnDef::new("expires_at").big_integer())
        .foreign_key(&mut foreign_key("api_keys", "user_id", ("users", "id")))
        .to_owned()
}
