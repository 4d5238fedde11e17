//! The roles of a user on the user's own row.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::schema::octets;

/// Room for fifty roles, the most that the API lets anybody hold, with the longest names.
const LENGTH: u32 = 2000;

/// Adds `users.roles`: sorted names with spaces between. Every authenticated request and every
/// list of users wants them, and a join for them costs as much as the rest of the statement.
/// `user_roles` stays: it is what foreign keys and searches for holders stand on.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("users")
            .add_column(octets(manager, "roles", LENGTH).not_null().default(""))
            .to_owned();
        manager.alter_table(add).await?;
        let fill = fill(manager.get_database_backend());
        manager.get_connection().execute_unprepared(fill).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remove = Table::alter().table("users").drop_column("roles").to_owned();
        manager.alter_table(remove).await
    }
}

/// MySQL refuses, rather than cut, what gets too long for `GROUP_CONCAT`.
fn fill(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "UPDATE users SET roles = COALESCE((SELECT string_agg(role, ' ' ORDER BY role) \
             FROM user_roles WHERE user_id = users.id), '')"
        }
        DbBackend::MySql => {
            "UPDATE users SET roles = COALESCE((SELECT GROUP_CONCAT(role ORDER BY role SEPARATOR ' ') \
             FROM user_roles WHERE user_id = users.id), '')"
        }
        _ => {
            "UPDATE users SET roles = COALESCE((SELECT group_concat(role, ' ') FROM \
             (SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role)), '')"
        }
    }
}
