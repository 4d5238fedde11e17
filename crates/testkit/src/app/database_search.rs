//! Looking for something in every table.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

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
        let connection = self.context().sea.connection();
        let backend = connection.get_database_backend();
        let list = match backend {
            DbBackend::Postgres => format!("{OTHERS}current_schema()"),
            DbBackend::MySql => format!("{OTHERS}DATABASE()"),
            _ => SQLITE.to_owned(),
        };
        let columns = connection
            .query_all_raw(Statement::from_string(backend, list))
            .await;
        let mut found = Vec::new();
        for row in columns.expect("a list of columns") {
            let name = |index| row.try_get_by_index::<String>(index).expect("a name");
            let (table, column, kind) = (name(0), name(1), name(2));
            let query = holds(backend, (&table, &column, &kind), text);
            let hits = connection
                .query_one_raw(Statement::from_string(backend, query))
                .await;
            let hits = hits.expect("an answer").expect("a row");
            if hits.try_get_by_index::<i64>(0).expect("a count") > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
        found
    }
}

fn holds(backend: DbBackend, (table, column, kind): (&str, &str, &str), text: &str) -> String {
    match backend {
        DbBackend::MySql => format!(
            "SELECT COUNT(*) FROM `{table}` \
             WHERE LOCATE(CAST('{text}' AS BINARY), CAST(`{column}` AS BINARY)) > 0"
        ),
        DbBackend::Postgres if kind == "bytea" => {
            format!(r#"SELECT COUNT(*) FROM "{table}" WHERE encode("{column}", 'escape') LIKE '%{text}%'"#)
        }
        _ => format!(r#"SELECT COUNT(*) FROM "{table}" WHERE CAST("{column}" AS TEXT) LIKE '%{text}%'"#),
    }
}
