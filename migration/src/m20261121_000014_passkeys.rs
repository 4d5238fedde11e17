//! Passkeys.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, unique_index};

/// Creates `passkeys`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(passkeys(manager)).await?;
        manager
            .create_index(unique_index("passkeys", &["credential_id"]))
            .await?;
        manager
            .create_index(index("passkeys", &["user_id", "created_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("passkeys").to_owned())
            .await
    }
}

/// An RSA key of 8192 bits is the largest one taken.
fn passkeys(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "passkeys")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("name").string_len(64).not_null())
        .col(ColumnDef::new("credential_id").var_binary(1023).not_null())
        .col(ColumnDef::new("public_key").var_binary(1100).not_null())
        .col(ColumnDef::new("sign_count").big_integer().not_null())
        .col(ColumnDef::new("transports").string_len(64).not_null())
        .col(ColumnDef::new("backup_eligible").boolean().not_null())
        .col(ColumnDef::new("backed_up").boolean().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_used_at").big_integer())
        .foreign_key(&mut foreign_key("passkeys", "user_id", ("users", "id")))
        .to_owned()
}
