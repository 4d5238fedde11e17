//! A step that makes one table, in a few words.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_query::ColumnDef};

use crate::schema::{create_table, foreign_key, index, octets, unique_index};

/// Makes a column; what suits the engine is known only when the step runs.
type MakeColumn = Box<dyn Fn(&SchemaManager<'_>) -> ColumnDef + Send + Sync>;

/// A step that makes one table with its indexes, and takes it away again. Its key is a UUID
/// named `id`; no column may be empty, unless [`NewTable::column`] says so. For steps that do
/// something else implement [`MigrationTrait`].
///
/// ```
/// use mainstay_migration::{MigrationTrait, NewTable};
///
/// fn steps() -> Vec<Box<dyn MigrationTrait>> {
///     let pets = NewTable::new("m20261121_100001_pets", "pets")
///         .belongs_to("owner", ("users", "id"))
///         .text("name", 100)
///         .unique_index(&["owner", "name"]);
///     vec![Box::new(pets)]
/// }
/// # assert_eq!(steps()[0].name(), "m20261121_100001_pets");
/// ```
pub struct NewTable {
    step: &'static str,
    table: &'static str,
    columns: Vec<MakeColumn>,
    parents: Vec<(&'static str, (&'static str, &'static str))>,
    indexes: Vec<IndexCreateStatement>,
}

impl NewTable {
    /// The step called `step`, which makes `table`. Steps run in the order of their names.
    #[must_use]
    pub fn new(step: &'static str, table: &'static str) -> Self {
        let bare = Self {
            step,
            table,
            columns: Vec::new(),
            parents: Vec::new(),
            indexes: Vec::new(),
        };
        bare.column(|_| ColumnDef::new("id").uuid().not_null().primary_key().to_owned())
    }

    /// A column of any kind.
    #[must_use]
    pub fn column(mut self, make: impl Fn(&SchemaManager<'_>) -> ColumnDef + Send + Sync + 'static) -> Self {
        self.columns.push(Box::new(make));
        self
    }

    /// The id of something in another table.
    #[must_use]
    pub fn uuid(self, name: &'static str) -> Self {
        self.column(move |_| ColumnDef::new(name).uuid().not_null().to_owned())
    }

    /// The id of a row in another table; this table's rows go when that one goes.
    #[must_use]
    pub fn belongs_to(mut self, name: &'static str, to: (&'static str, &'static str)) -> Self {
        self.parents.push((name, to));
        self.uuid(name)
    }

    /// Text of at most `length` characters, compared by octets.
    #[must_use]
    pub fn text(self, name: &'static str, length: u32) -> Self {
        self.column(move |manager| octets(manager, name, length).not_null().to_owned())
    }

    /// Text of any length, which no index can hold.
    #[must_use]
    pub fn long_text(self, name: &'static str) -> Self {
        self.column(move |_| ColumnDef::new(name).text().not_null().to_owned())
    }

    /// A whole number of 64 bits: a version, an amount, a time in microseconds.
    #[must_use]
    pub fn integer(self, name: &'static str) -> Self {
        self.column(move |_| ColumnDef::new(name).big_integer().not_null().to_owned())
    }

    /// True or false.
    #[must_use]
    pub fn flag(self, name: &'static str) -> Self {
        self.column(move |_| ColumnDef::new(name).boolean().not_null().to_owned())
    }

    /// An index named `<table>_<columns>`.
    #[must_use]
    pub fn index(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push(index(self.table, columns));
        self
    }

    /// A unique index named `<table>_<columns>`, the name its violation is reported under.
    #[must_use]
    pub fn unique_index(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push(unique_index(self.table, columns));
        self
    }
}

impl MigrationName for NewTable {
    fn name(&self) -> &str {
        self.step
    }
}

#[async_trait]
impl MigrationTrait for NewTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = create_table(manager, self.table);
        for make in &self.columns {
            table.col(make(manager));
        }
        for (column, to) in &self.parents {
            table.foreign_key(&mut foreign_key(self.table, column, *to));
        }
        manager.create_table(table).await?;
        for index in &self.indexes {
            manager.create_index(index.clone()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(self.table).to_owned())
            .await
    }
}
