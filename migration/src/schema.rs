//! What the steps share, so that each table comes out the same on every engine.

use sea_orm_migration::{
    prelude::*,
    sea_orm::DbBackend,
    sea_query::{ColumnDef, ForeignKeyCreateStatement, IndexCreateStatement, TableCreateStatement},
};

/// A table statement with the options the engine needs: on MySQL all text is `utf8mb4` and
/// compares by octets, whatever the database's default.
#[must_use]
pub fn create_table(manager: &SchemaManager<'_>, name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    if manager.get_database_backend() == DbBackend::MySql {
        table
            .engine("InnoDB")
            .character_set("utf8mb4")
            .collate("utf8mb4_bin");
    }
    table
}

/// A text column that compares and sorts by octets. PostgreSQL would use the database's
/// locale otherwise; MySQL is told by [`create_table`], and SQLite does so by itself.
#[must_use]
pub fn octets(manager: &SchemaManager<'_>, name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.string_len(length);
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra(r#"COLLATE "C""#);
    }
    column
}

/// A foreign key whose rows go when the row they refer to goes.
#[must_use]
pub fn foreign_key(
    table: &'static str,
    column: &'static str,
    to: (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fk"))
        .from(table, column)
        .to(to.0, to.1)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// An index named `<table>_<columns>`.
#[must_use]
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// A unique index named `<table>_<columns>`, the name its violation is reported under.
#[must_use]
pub fn unique_index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().to_owned()
}
