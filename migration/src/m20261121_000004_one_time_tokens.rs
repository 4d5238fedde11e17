//! Tokens that work once.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets};

/// Creates `one_time_tokens`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(one_time_tokens(manager)).await?;
        manager
            .create_index(index("one_time_tokens", &["expires_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("one_time_tokens").to_owned())
            .await
    }
}

fn one_time_tokens(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "one_time_tokens")
        .col(ColumnDef::new("hash").binary_len(32).not_null().primary_key())
        .col(octets(manager, "purpose", 32).not_null())
        .col(ColumnDef::new("user_id").uuid())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .col(ColumnDef::new("used_at").big_integer())
        .foreign_key(&mut foreign_key("one_time_tokens", "user_id", ("users", "id")))
        .to_owned()
}
