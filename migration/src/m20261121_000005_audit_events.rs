//! The audit log.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, index, octets};

/// Creates `audit_events`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(audit_events(manager)).await?;
        manager.create_index(index("audit_events", &["at", "id"])).await?;
        for column in ["actor_id", "subject_id", "kind"] {
            manager
                .create_index(index("audit_events", &[column, "at", "id"]))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("audit_events").to_owned())
            .await
    }
}

/// No foreign keys: the log outlives the users it tells of.
fn audit_events(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "audit_events")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(octets(manager, "kind", 64).not_null())
        .col(ColumnDef::new("actor_id").uuid())
        .col(ColumnDef::new("subject_id").uuid())
        .col(ColumnDef::new("ip").string_len(45))
        .col(ColumnDef::new("user_agent").string_len(255))
        .col(ColumnDef::new("request_id").string_len(255))
        .col(ColumnDef::new("detail").string_len(255))
        .to_owned()
}
