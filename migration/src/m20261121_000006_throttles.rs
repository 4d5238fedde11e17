//! Counters that slow guesses down.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::schema::{create_table, index, octets};

/// Creates `throttles`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(throttles(manager)).await?;
        manager.create_index(index("throttles", &["last_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("throttles").to_owned())
            .await
    }
}

fn throttles(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "throttles")
        .col(key(manager).not_null().primary_key())
        .col(ColumnDef::new("tries").integer().not_null())
        .col(ColumnDef::new("next_at").big_integer().not_null())
        .col(ColumnDef::new("last_at").big_integer().not_null())
        .to_owned()
}

/// Keys hold what strangers type; MySQL's text columns take no notice of spaces at the end.
fn key(manager: &SchemaManager<'_>) -> ColumnDef {
    let mut column = octets(manager, "throttle_key", 100);
    if manager.get_database_backend() == DbBackend::MySql {
        column.var_binary(100);
    }
    column
}
