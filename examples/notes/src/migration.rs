//! The table of notes.

use mainstay_migration::{create_table, foreign_key, index};
use sea_orm_migration::prelude::*;

/// Creates `notes`.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_100001_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = create_table(manager, "notes")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("owner").uuid().not_null())
            .col(ColumnDef::new("title").string_len(200).not_null())
            .col(ColumnDef::new("body").text().not_null())
            .col(ColumnDef::new("version").big_integer().not_null())
            .col(ColumnDef::new("created_at").big_integer().not_null())
            .col(ColumnDef::new("updated_at").big_integer().not_null())
            .foreign_key(&mut foreign_key("notes", "owner", ("users", "id")))
            .to_owned();
        manager.create_table(table).await?;
        let own = index("notes", &["owner", "created_at", "id"]);
        manager.create_index(own).await?;
        manager.create_index(index("notes", &["created_at", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("notes").to_owned()).await
    }
}
