//! A SQLite database as a file: copying it while it is in use, and telling what it holds.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, bail, ensure};
use mainstay_repositories::sea::{SeaOptions, SeaStore};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::schema::{Steps, connect};

/// A large file is copied and checked for longer than any request may take.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A file over one connection.
pub(crate) struct SqliteFile(SeaStore);

impl SqliteFile {
    /// Opens a file that is there.
    pub(crate) async fn open(path: &Path) -> anyhow::Result<Self> {
        ensure!(path.is_file(), "there is no database at {}", path.display());
        let shown = path.to_str().context("the path is no text")?;
        let address = shown.replace('%', "%25").replace('?', "%3F");
        let options = SeaOptions {
            max_connections: 1,
            acquire_timeout: PATIENCE,
            statement_timeout: PATIENCE,
            create_if_missing: false,
            ..SeaOptions::new(format!("sqlite://{address}"))
        };
        Ok(Self(connect(&options).await?))
    }

    /// Writes all that was committed by now into `empty`, a file without a single octet. Others
    /// read and write meanwhile.
    pub(crate) async fn copy_to(&self, empty: &Path) -> anyhow::Result<()> {
        let path = empty.to_str().context("the path is no text")?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.connection().execute_raw(copy).await?;
        Ok(())
    }

    /// Whether it is whole, a database of these steps, and of no newer release.
    pub(crate) async fn check(&self, steps: &Steps) -> anyhow::Result<()> {
        let said = self.ask("PRAGMA integrity_check").await?;
        ensure!(said == "ok", "it is damaged: {said}");
        let applied = mainstay_migration::applied(self.connection()).await?;
        let known: Vec<_> = steps().iter().map(|step| step.name().to_owned()).collect();
        let Some(first) = known.first() else {
            bail!("there are no steps of a schema");
        };
        ensure!(applied.contains(first), "it is no database of this server");
        let newer = applied.iter().find(|step| !known.contains(step));
        if let Some(step) = newer {
            bail!("it was made by a newer release, which knows the step {step}");
        }
        Ok(())
    }

    /// Makes the file stand for itself, without a journal beside it; tells whether it could,
    /// which nobody can while somebody else has the file open.
    pub(crate) async fn fold(&self) -> bool {
        let mode = self.ask("PRAGMA journal_mode = DELETE").await;
        mode.is_ok_and(|mode| mode == "delete")
    }

    pub(crate) async fn close(self) -> anyhow::Result<()> {
        Ok(self.0.close().await?)
    }

    async fn ask(&self, pragma: &str) -> anyhow::Result<String> {
        let statement = Statement::from_string(DbBackend::Sqlite, pragma);
        let row = self.connection().query_one_raw(statement).await?;
        let row = row.context("SQLite has nothing to say")?;
        Ok(row.try_get_by_index(0)?)
    }

    fn connection(&self) -> &DatabaseConnection {
        self.0.connection()
    }
}
