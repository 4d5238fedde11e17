//! Jobs whose workers fell silent.

use sea_orm_migration::prelude::*;

/// Adds `jobs.silences`, 0 for those that are there.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut silences = ColumnDef::new("silences");
        silences.integer().not_null().default(0);
        let add = Table::alter().table("jobs").add_column(silences).to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remove = Table::alter().table("jobs").drop_column("silences").to_owned();
        manager.alter_table(remove).await
    }
}
