//! Looking for something in every table.

use std::collections::BTreeMap;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::TestApp;

/// Every table with its columns, and whether they hold octets.
const SQLITE: &str = "SELECT m.name, p.name, 'text' FROM sqlite_master m \
                      JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
const OTHERS: &str = "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c \
                      WHERE c.table_schema = ";

impl TestApp {
    /// Runs a statement on the server's database, behind its back.
    ///
    /// # Panics
    /// If the database refuses it.
    pub async fn execute(&self, statement: &str) {
        let done = self
            .context()
            .sea
            .connection()
            .execute_unprepared(statement)
            .await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Every `table.column` in which this text stands somewhere, to show that a secret or a
    /// name is nowhere. `text` has no quotes or wildcards.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn find_in_database(&self, text: &str) -> Vec<String> {
        let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (table, column, kind) in self.columns().await {
            tables.entry(table).or_default().push((column, kind));
        }
        let mut found = Vec::new();
        for (table, columns) in tables {
            let rows = self
                .ask(&count_hits(self.backend(), (&table, &columns), text))
                .await;
            for (place, (column, _)) in columns.iter().enumerate() {
                if rows[0].try_get_by_index::<i64>(place).expect("a count") > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        found
    }

    /// Everything that is in the database: `table.column` and the octets of each value that is
    /// not null, numbers and times as text.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn dump_database(&self) -> Vec<(String, Vec<u8>)> {
        let mut dump = Vec::new();
        for (table, column, kind) in self.columns().await {
            let backend = self.backend();
            let quote = if backend == DbBackend::MySql { '`' } else { '"' };
            let column_as_digits = digits(backend, &column, &kind);
            let query = format!("SELECT {column_as_digits} FROM {quote}{table}{quote}");
            for row in self.ask(&query).await {
                let value = row.try_get_by_index::<Option<String>>(0).expect("digits");
                dump.extend(value.map(|value| (format!("{table}.{column}"), octets(&value))));
            }
        }
        dump
    }

    fn backend(&self) -> DbBackend {
        self.context().sea.connection().get_database_backend()
    }

    async fn ask(&self, query: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.backend(), query);
        let rows = self.context().sea.connection().query_all_raw(statement).await;
        rows.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Every table, column, and the kind of what it holds.
    async fn columns(&self) -> Vec<(String, String, String)> {
        let list = match self.backend() {
            DbBackend::Postgres => format!("{OTHERS}current_schema()"),
            DbBackend::MySql => format!("{OTHERS}DATABASE()"),
            _ => SQLITE.to_owned(),
        };
        let rows = self.ask(&list).await;
        let columns = rows.iter().map(|row| {
            let name = |index| row.try_get_by_index::<String>(index).expect("a name");
            (name(0), name(1), name(2))
        });
        columns.collect()
    }
}

/// A column as hexadecimal digits, whatever it holds.
fn digits(backend: DbBackend, column: &str, kind: &str) -> String {
    match backend {
        DbBackend::MySql => format!("HEX(CAST(`{column}` AS BINARY))"),
        DbBackend::Postgres if kind == "bytea" => format!(r#"encode("{column}", 'hex')"#),
        DbBackend::Postgres => format!(r#"encode(convert_to(CAST("{column}" AS TEXT), 'UTF8'), 'hex')"#),
        _ => format!(r#"hex("{column}")"#),
    }
}

fn octets(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.filter_map(octet).collect()
}

/// One statement for a table: in how many rows the text stands, column by column.
fn count_hits(backend: DbBackend, (table, columns): (&str, &[(String, String)]), text: &str) -> String {
    let quote = if backend == DbBackend::MySql { '`' } else { '"' };
    let counts = columns.iter().map(|(column, kind)| {
        let holds = holds(backend, (&format!("{quote}{column}{quote}"), kind), text);
        format!("COUNT(CASE WHEN {holds} THEN 1 END)")
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    format!("SELECT {counts} FROM {quote}{table}{quote}")
}

fn holds(backend: DbBackend, (column, kind): (&str, &str), text: &str) -> String {
    match backend {
        DbBackend::MySql => format!("LOCATE(CAST('{text}' AS BINARY), CAST({column} AS BINARY)) > 0"),
        DbBackend::Postgres if kind == "bytea" => format!("encode({column}, 'escape') LIKE '%{text}%'"),
        _ => format!("CAST({column} AS TEXT) LIKE '%{text}%'"),
    }
}
