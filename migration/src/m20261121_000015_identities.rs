//! Identities at other providers.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets, unique_index};

/// Creates `identities`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(identities(manager)).await?;
        // One account an identity, whoever is faster.
        let one = unique_index("identities", &["issuer", "subject"]);
        manager.create_index(one).await?;
        let listed = index("identities", &["user_id", "created_at", "id"]);
        manager.create_index(listed).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("identities").to_owned())
            .await
    }
}

fn identities(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "identities")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(octets(manager, "provider", 32).not_null())
        .col(octets(manager, "issuer", 255).not_null())
        .col(octets(manager, "subject", 255).not_null())
        .col(ColumnDef::new("email").string_len(254))
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_used_at").big_integer())
        .foreign_key(&mut foreign_key("identities", "user_id", ("users", "id")))
        .to_owned()
}
