//! Files that clients send to the object store themselves.

use sea_orm_migration::prelude::*;

/// Adds to `uploads` what only those have: where their octets are put, and what must be true of the
/// file that is there.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One at a time: SQLite knows no other way.
        for column in [
            ColumnDef::new("staging").uuid(),
            ColumnDef::new("only_new").boolean(),
            ColumnDef::new("only_over").binary_len(32),
        ] {
            let add = Table::alter().table("uploads").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["only_over", "only_new", "staging"] {
            let remove = Table::alter().table("uploads").drop_column(column).to_owned();
            manager.alter_table(remove).await?;
        }
        Ok(())
    }
}
