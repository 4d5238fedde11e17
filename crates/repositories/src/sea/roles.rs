//! Roles on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{Permission, PermissionSet, Role, RoleName};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, Func},
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::{role_permissions, roles, users},
    user_list::holds,
    whole::keep,
};
use crate::{RepositoryError, Result, RoleRepository, constraint};

#[async_trait]
impl<C: SeaConnection> RoleRepository for Sea<C> {
    async fn list(&self) -> Result<Vec<Role>> {
        self.run("db.roles.list", load(self.conn(), None)).await
    }

    async fn find(&self, name: &RoleName) -> Result<Option<Role>> {
        self.run("db.roles.find", async {
            Ok(load(self.conn(), Some(name)).await?.pop())
        })
        .await
    }

    async fn insert(&self, role: &Role) -> Result<()> {
        self.write("db.roles.insert", async {
            let whole = self.conn().whole().await?;
            let inserted = roles::Entity::insert(new_row(role))
                .exec_without_returning(&whole)
                .await;
            inserted.map_err(name_taken)?;
            insert_permissions(&whole, role).await?;
            Ok(keep(whole).await?)
        })
        .await
    }

    async fn update(&self, role: &Role) -> Result<bool> {
        self.write("db.roles.update", async {
            let whole = self.conn().whole().await?;
            let updated = update_row(&whole, role).await?;
            if updated {
                replace_permissions(&whole, role).await?;
            }
            keep(whole).await?;
            Ok(updated)
        })
        .await
    }

    async fn delete(&self, name: &RoleName) -> Result<bool> {
        self.write("db.roles.delete", async {
            let whole = self.conn().whole().await?;
            let there = lock_row(&whole, name).await?;
            if there {
                take_from_holders(&whole, name).await?;
                roles::Entity::delete_by_id(name.as_str()).exec(&whole).await?;
            }
            keep(whole).await?;
            Ok(there)
        })
        .await
    }

    /// `FOR UPDATE`; on SQLite, which does not know it, the unit of work is alone anyway.
    async fn lock(&self, name: &RoleName) -> Result<bool> {
        self.run("db.roles.lock", async { Ok(lock_row(self.conn(), name).await?) })
            .await
    }
}

/// While the row is locked nobody can be granted the role.
async fn lock_row<C: ConnectionTrait>(conn: &C, name: &RoleName) -> std::result::Result<bool, DbErr> {
    let row = roles::Entity::find_by_id(name.as_str())
        .lock_exclusive()
        .one(conn)
        .await?;
    Ok(row.is_some())
}

/// Cuts the name out of `users.roles`; `user_roles` is emptied by its foreign key.
async fn take_from_holders<C: ConnectionTrait>(conn: &C, name: &RoleName) -> std::result::Result<(), DbErr> {
    let space = || Expr::Constant(" ".into());
    let padded = Func::cust("CONCAT").args([space(), Expr::col(users::Column::Roles), space()]);
    let cut = Func::cust("REPLACE").args([
        padded.into(),
        Expr::value(format!(" {} ", name.as_str())),
        space(),
    ]);
    users::Entity::update_many()
        .col_expr(users::Column::Roles, Func::cust("TRIM").arg(cut).into())
        .filter(holds(name))
        .exec(conn)
        .await?;
    Ok(())
}

/// One role or all, sorted by name, in one statement with one row a permission.
async fn load<C: ConnectionTrait>(conn: &C, name: Option<&RoleName>) -> Result<Vec<Role>> {
    let by_name = name.map(|name| roles::Column::Name.eq(name.as_str()));
    let select = roles::Entity::find()
        .filter(Condition::all().add_option(by_name))
        .order_by_asc(roles::Column::Name);
    let mut query = sea_orm::QueryTrait::into_query(select);
    query
        .column((role_permissions::Entity, role_permissions::Column::Permission))
        .left_join(
            role_permissions::Entity,
            Expr::col((role_permissions::Entity, role_permissions::Column::Role))
                .equals((roles::Entity, roles::Column::Name)),
        );
    let mut found: Vec<Role> = Vec::new();
    for row in conn.query_all(&query).await? {
        let model = <roles::Model as sea_orm::FromQueryResult>::from_query_result(&row, "")?;
        let permission: Option<String> = row.try_get("", "permission")?;
        if found.last().is_none_or(|last| last.name.as_str() != model.name) {
            found.push(into_role(&model)?);
        }
        if let (Some(role), Some(permission)) = (found.last_mut(), permission) {
            let corrupt = corrupt(&model.name).value(Permission::parse(&permission));
            role.permissions.insert(corrupt?);
        }
    }
    Ok(found)
}

/// MariaDB does not tell whose primary key was violated.
fn name_taken(error: DbErr) -> RepositoryError {
    let error = RepositoryError::from(error);
    if error.is_conflict(constraint::OTHER) {
        return RepositoryError::Conflict {
            constraint: constraint::ROLES_NAME.to_owned(),
        };
    }
    error
}

async fn update_row<C: ConnectionTrait>(conn: &C, role: &Role) -> std::result::Result<bool, DbErr> {
    let updated = roles::Entity::update_many()
        .col_expr(roles::Column::Description, Expr::value(role.description.as_str()))
        .col_expr(roles::Column::UpdatedAt, Expr::value(micros(role.updated_at)))
        .col_expr(roles::Column::Version, Expr::col(roles::Column::Version).add(1))
        .filter(roles::Column::Name.eq(role.name.as_str()))
        .filter(roles::Column::Version.eq(role.version))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

async fn replace_permissions<C: ConnectionTrait>(conn: &C, role: &Role) -> Result<()> {
    role_permissions::Entity::delete_many()
        .filter(role_permissions::Column::Role.eq(role.name.as_str()))
        .exec(conn)
        .await?;
    insert_permissions(conn, role).await
}

async fn insert_permissions<C: ConnectionTrait>(conn: &C, role: &Role) -> Result<()> {
    if role.permissions.is_empty() {
        return Ok(());
    }
    let rows = role
        .permissions
        .iter()
        .map(|permission| role_permissions::ActiveModel {
            role: Set(role.name.as_str().to_owned()),
            permission: Set(permission.as_str().to_owned()),
        });
    role_permissions::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

fn new_row(role: &Role) -> roles::ActiveModel {
    roles::ActiveModel {
        name: Set(role.name.as_str().to_owned()),
        description: Set(role.description.clone()),
        built_in: Set(role.built_in),
        version: Set(role.version),
        created_at: Set(micros(role.created_at)),
        updated_at: Set(micros(role.updated_at)),
    }
}

fn corrupt(name: &str) -> Row<&str> {
    Row {
        table: "roles",
        id: name,
    }
}

/// The role without its permissions.
fn into_role(model: &roles::Model) -> Result<Role> {
    let row = corrupt(&model.name);
    Ok(Role {
        name: row.value(RoleName::parse(&model.name))?,
        description: model.description.clone(),
        permissions: PermissionSet::new(),
        built_in: model.built_in,
        version: model.version,
        created_at: row.time(model.created_at)?,
        updated_at: row.time(model.updated_at)?,
    })
}
