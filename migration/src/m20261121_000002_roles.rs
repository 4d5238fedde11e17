//! Roles, the permissions they grant, and who holds them.

use sea_orm_migration::prelude::*;

use crate::schema::{create_table, foreign_key, index, octets};

/// When the built-in roles count as made: the day of this step, the same everywhere.
const MADE_AT: i64 = 1_795_219_200_000_000;

/// Creates `roles`, `role_permissions` and `user_roles`, and the built-in roles.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(roles(manager)).await?;
        manager.create_table(role_permissions(manager)).await?;
        manager.create_table(user_roles(manager)).await?;
        manager
            .create_index(index("user_roles", &["role", "user_id"]))
            .await?;
        manager.execute(built_in_roles()?).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["user_roles", "role_permissions", "roles"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn roles(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "roles")
        .col(octets(manager, "name", 32).not_null().primary_key())
        .col(ColumnDef::new("description").string_len(200).not_null())
        .col(ColumnDef::new("built_in").boolean().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

fn role_permissions(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "role_permissions")
        .col(octets(manager, "role", 32).not_null())
        .col(octets(manager, "permission", 64).not_null())
        .primary_key(Index::create().col("role").col("permission"))
        .foreign_key(&mut foreign_key("role_permissions", "role", ("roles", "name")))
        .to_owned()
}

fn user_roles(manager: &SchemaManager<'_>) -> TableCreateStatement {
    create_table(manager, "user_roles")
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(octets(manager, "role", 32).not_null())
        .primary_key(Index::create().col("user_id").col("role"))
        .foreign_key(&mut foreign_key("user_roles", "user_id", ("users", "id")))
        .foreign_key(&mut foreign_key("user_roles", "role", ("roles", "name")))
        .to_owned()
}

fn built_in_roles() -> Result<InsertStatement, DbErr> {
    let mut insert = Query::insert();
    insert.into_table("roles").columns([
        "name",
        "description",
        "built_in",
        "version",
        "created_at",
        "updated_at",
    ]);
    for (name, description) in [("admin", "Holds every permission"), ("user", "Every account")] {
        insert
            .values([
                name.into(),
                description.into(),
                true.into(),
                1_i64.into(),
                MADE_AT.into(),
                MADE_AT.into(),
            ])
            .map_err(|error| DbErr::Migration(error.to_string()))?;
    }
    Ok(insert)
}
