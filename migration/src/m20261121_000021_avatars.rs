//! Pictures of users.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, octets, unique_index};

/// Creates `avatars`.
///
/// The octets have a row in `blobs`, so that nothing in the object store is forgotten when the
/// row of an avatar goes with its user.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(avatars(manager)).await?;
        manager.create_index(unique_index("avatars", &["user_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("avatars").to_owned())
            .await
    }
}

fn avatars(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "avatars")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("blob").uuid().not_null())
        .col(octets(manager, "media_type", 255).not_null())
        .col(ColumnDef::new("length_64").big_integer().not_null())
        .col(ColumnDef::new("length_128").big_integer().not_null())
        .col(ColumnDef::new("length_256").big_integer().not_null())
        .col(ColumnDef::new("length_512").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .foreign_key(&mut foreign_key("avatars", "user_id", ("users", "id")))
        .to_owned()
}
