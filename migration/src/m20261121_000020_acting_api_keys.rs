//! Which API key did what, and which keys ended long ago.

use sea_orm_migration::prelude::*;

use crate::schema::index;

/// Adds `audit_events.api_key_id`, and the index by which expired keys are found.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("audit_events")
            .add_column(ColumnDef::new("api_key_id").uuid())
            .to_owned();
        manager.alter_table(add).await?;
        manager
            .create_index(index("api_keys", &["expires_at", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let expired = Index::drop()
            .name("api_keys_expires_at_id")
            .table("api_keys")
            .to_owned();
        manager.drop_index(expired).await?;
        let remove = Table::alter()
            .table("audit_events")
            .drop_column("api_key_id")
            .to_owned();
        manager.alter_table(remove).await
    }
}
