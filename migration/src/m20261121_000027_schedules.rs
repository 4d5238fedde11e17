//! Work that is due again and again, once for all processes together.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, octets};

/// Creates `schedules`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = create_table(manager, "schedules")
            .col(octets(manager, "name", 64).not_null().primary_key())
            .col(octets(manager, "plan", 190).not_null())
            .col(ColumnDef::new("due_at").big_integer().not_null())
            .col(ColumnDef::new("wake_at").big_integer().not_null())
            .col(ColumnDef::new("lease").uuid())
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("schedules").to_owned())
            .await
    }
}
