//! Second factors: authenticator apps and recovery codes.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index};

/// Creates `totp_factors` and `recovery_codes`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(totp_factors(manager)).await?;
        manager
            .create_index(index("totp_factors", &["user_id", "created_at"]))
            .await?;
        manager
            .create_index(index("totp_factors", &["confirmed_at", "created_at"]))
            .await?;
        manager.create_table(recovery_codes(manager)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["recovery_codes", "totp_factors"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn totp_factors(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "totp_factors")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("name").string_len(64).not_null())
        .col(ColumnDef::new("secret").string_len(255).not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("confirmed_at").big_integer())
        .col(ColumnDef::new("last_step").big_integer())
        .col(ColumnDef::new("last_used_at").big_integer())
        .foreign_key(&mut foreign_key("totp_factors", "user_id", ("users", "id")))
        .to_owned()
}

/// Codes are numbered, so that a user never has more than one set.
fn recovery_codes(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "recovery_codes")
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("number").integer().not_null())
        .col(ColumnDef::new("hash").binary_len(32).not_null())
        .primary_key(Index::create().col("user_id").col("number"))
        .foreign_key(&mut foreign_key("recovery_codes", "user_id", ("users", "id")))
        .to_owned()
}
