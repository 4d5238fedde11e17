//! Which trace a job belongs to.

use sea_orm_migration::prelude::*;

/// Adds `jobs.traceparent`: what the request that wrote a job was traced as. It is never searched for.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("jobs")
            .add_column(ColumnDef::new("traceparent").string_len(64))
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remove = Table::alter().table("jobs").drop_column("traceparent").to_owned();
        manager.alter_table(remove).await
    }
}
