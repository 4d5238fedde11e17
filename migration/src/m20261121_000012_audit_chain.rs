//! The chain that audit events are sealed in.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, index};

/// Columns that [`Migration`] adds to `audit_events`.
const COLUMNS: [&str; 5] = ["seq", "salt", "commitment", "hash", "erased_at"];

/// Widens `audit_events` and creates `audit_chain`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            // One column a statement: SQLite takes no more at a time.
            let altered = Table::alter()
                .table("audit_events")
                .add_column(column(name))
                .to_owned();
            manager.alter_table(altered).await?;
        }
        // What waits for its seal lies together, in the order in which it will be sealed.
        manager
            .create_index(index("audit_events", &["seq", "at", "id"]))
            .await?;
        manager.create_table(audit_chain(manager)).await?;
        manager.execute(head()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("audit_chain").to_owned())
            .await?;
        let index = Index::drop()
            .name("audit_events_seq_at_id")
            .table("audit_events")
            .to_owned();
        manager.drop_index(index).await?;
        for name in COLUMNS {
            let altered = Table::alter().table("audit_events").drop_column(name).to_owned();
            manager.alter_table(altered).await?;
        }
        Ok(())
    }
}

fn column(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match name {
        "salt" => column.binary_len(16),
        "commitment" | "hash" => column.binary_len(32),
        _ => column.big_integer(),
    };
    column.to_owned()
}

/// One row.
fn audit_chain(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "audit_chain")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(ColumnDef::new("sealed_seq").big_integer().not_null())
        .col(ColumnDef::new("sealed_hash").var_binary(32).not_null())
        .col(ColumnDef::new("pruned_seq").big_integer().not_null())
        .col(ColumnDef::new("pruned_hash").var_binary(32).not_null())
        .col(ColumnDef::new("exported_seq").big_integer().not_null())
        .col(ColumnDef::new("key_id").var_binary(8).not_null())
        .col(ColumnDef::new("mac").var_binary(32).not_null())
        .to_owned()
}

/// A chain that has not begun.
fn head() -> Result<InsertStatement, DbErr> {
    let mut insert = Query::insert();
    insert
        .into_table("audit_chain")
        .columns([
            "id",
            "sealed_seq",
            "sealed_hash",
            "pruned_seq",
            "pruned_hash",
            "exported_seq",
            "key_id",
            "mac",
        ])
        .values([
            1_i32.into(),
            0_i64.into(),
            vec![0_u8; 32].into(),
            0_i64.into(),
            vec![0_u8; 32].into(),
            0_i64.into(),
            Vec::<u8>::new().into(),
            Vec::<u8>::new().into(),
        ])
        .map_err(|error| DbErr::Migration(error.to_string()))?;
    Ok(insert)
}
