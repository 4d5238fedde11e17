//! How and when somebody proved who they are; what one-time tokens carry.

use sea_orm_migration::prelude::*;

use crate::schema::{index, octets};

/// Widens `sessions` and `one_time_tokens`.
#[derive(DeriveMigrationName)]
pub struct Migration;

// One column a statement: SQLite takes no more at a time.
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut authenticated_at = ColumnDef::new("authenticated_at");
        add(
            manager,
            "sessions",
            authenticated_at.big_integer().not_null().default(0),
        )
        .await?;
        let mut methods = octets(manager, "methods", 64);
        add(manager, "sessions", methods.not_null().default("password")).await?;
        let logged_in = Query::update()
            .table("sessions")
            .value("authenticated_at", Expr::col("created_at"))
            .to_owned();
        manager.exec_stmt(logged_in).await?;
        add(manager, "one_time_tokens", ColumnDef::new("payload").text()).await?;
        let mut tries = ColumnDef::new("tries");
        add(manager, "one_time_tokens", tries.integer().not_null().default(0)).await?;
        manager
            .create_index(index("one_time_tokens", &["purpose", "user_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("one_time_tokens_purpose_user_id")
            .table("one_time_tokens")
            .to_owned();
        manager.drop_index(index).await?;
        for (table, column) in [
            ("one_time_tokens", "tries"),
            ("one_time_tokens", "payload"),
            ("sessions", "methods"),
            ("sessions", "authenticated_at"),
        ] {
            let dropped = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(dropped).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: &mut ColumnDef) -> Result<(), DbErr> {
    let altered = Table::alter().table(table).add_column(column).to_owned();
    manager.alter_table(altered).await
}
