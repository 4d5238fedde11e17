//! Users and their password credentials.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets, unique_index};

/// Creates `users` and `password_credentials`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users(manager)).await?;
        manager
            .create_index(unique_index("users", &["email_key"]))
            .await?;
        manager
            .create_index(unique_index("users", &["username_key"]))
            .await?;
        // One index a sortable column, the id behind it, so that keyset pages never sort.
        for column in ["created_at", "updated_at", "email_key", "last_login_at"] {
            manager.create_index(index("users", &[column, "id"])).await?;
        }
        manager
            .create_index(index("users", &["status", "deleted_at"]))
            .await?;
        manager.create_table(password_credentials(manager)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("password_credentials").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("users").to_owned()).await
    }
}

fn users(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "users")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("email").string_len(254).not_null())
        // Lower-casing can make a text longer.
        .col(octets(manager, "email_key", 320).not_null())
        .col(ColumnDef::new("username").string_len(32))
        .col(octets(manager, "username_key", 32))
        .col(ColumnDef::new("first_name").string_len(100))
        .col(ColumnDef::new("last_name").string_len(100))
        .col(ColumnDef::new("locale").string_len(35))
        .col(ColumnDef::new("avatar_url").string_len(2048))
        .col(ColumnDef::new("email_verified").boolean().not_null())
        .col(octets(manager, "status", 16).not_null())
        .col(octets(manager, "search_text", 1000).not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        // 0 = never, so that the column sorts the same on every engine.
        .col(
            ColumnDef::new("last_login_at")
                .big_integer()
                .not_null()
                .default(0),
        )
        .col(ColumnDef::new("deleted_at").big_integer())
        .to_owned()
}

fn password_credentials(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "password_credentials")
        .col(ColumnDef::new("user_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("hash").string_len(255).not_null())
        .col(ColumnDef::new("changed_at").big_integer().not_null())
        .foreign_key(&mut foreign_key(
            "password_credentials",
            "user_id",
            ("users", "id"),
        ))
        .to_owned()
}
