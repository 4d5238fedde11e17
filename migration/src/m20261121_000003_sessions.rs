//! Login sessions.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets};

/// Creates `sessions`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sessions(manager)).await?;
        manager
            .create_index(index("sessions", &["user_id", "created_at", "id"]))
            .await?;
        manager
            .create_index(index("sessions", &["idle_expires_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("sessions").to_owned())
            .await
    }
}

fn sessions(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "sessions")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("generation").integer().not_null())
        .col(ColumnDef::new("token_hash").binary_len(32).not_null())
        .col(ColumnDef::new("salt").binary_len(16).not_null())
        .col(ColumnDef::new("ip").string_len(45))
        .col(ColumnDef::new("user_agent").string_len(255))
        .col(ColumnDef::new("request_id").string_len(255))
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_used_at").big_integer().not_null())
        .col(ColumnDef::new("idle_expires_at").big_integer().not_null())
        .col(ColumnDef::new("absolute_expires_at").big_integer().not_null())
        .col(ColumnDef::new("revoked_at").big_integer())
        .col(octets(manager, "revoked_reason", 32))
        .foreign_key(&mut foreign_key("sessions", "user_id", ("users", "id")))
        .to_owned()
}
