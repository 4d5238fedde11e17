//! Passkeys that open nothing by themselves.

use sea_orm_migration::prelude::*;

/// Adds `passkeys.passwordless`, true for those that are there.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut passwordless = ColumnDef::new("passwordless");
        passwordless.boolean().not_null().default(true);
        let add = Table::alter()
            .table("passkeys")
            .add_column(passwordless)
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remove = Table::alter()
            .table("passkeys")
            .drop_column("passwordless")
            .to_owned();
        manager.alter_table(remove).await
    }
}
