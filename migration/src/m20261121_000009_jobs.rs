//! Work that is done afterwards.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::schema::{create_table, index, octets, unique_index};

/// Creates `jobs`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(jobs(manager)).await?;
        manager.create_index(unique_index("jobs", &["job_key"])).await?;
        // What is over has no time at which it is due and does not stand in the way.
        let due = index("jobs", &["priority", "due_at", "id"]);
        manager.create_index(due).await?;
        let listed = index("jobs", &["status", "created_at", "id"]);
        manager.create_index(listed).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("jobs").to_owned()).await
    }
}

fn jobs(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "jobs")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(octets(manager, "kind", 64).not_null())
        .col(payload(manager).not_null())
        .col(octets(manager, "job_key", 190))
        .col(ColumnDef::new("priority").integer().not_null())
        .col(octets(manager, "status", 16).not_null())
        .col(ColumnDef::new("due_at").big_integer())
        .col(ColumnDef::new("lease").uuid())
        .col(ColumnDef::new("attempts").integer().not_null())
        .col(ColumnDef::new("max_attempts").integer().not_null())
        .col(ColumnDef::new("failure").string_len(500))
        .col(ColumnDef::new("request_id").string_len(128))
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("finished_at").big_integer())
        .to_owned()
}

/// MySQL's `TEXT` ends at 64 KiB.
fn payload(manager: &SchemaManager<'_>) -> ColumnDef {
    let mut column = ColumnDef::new("payload");
    if manager.get_database_backend() == DbBackend::MySql {
        column.custom("MEDIUMTEXT");
    } else {
        column.text();
    }
    column
}
