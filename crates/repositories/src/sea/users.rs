//! Users on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    Email, Locale, Page, PersonName, RoleName, Timestamp, User, UserId, UserQuery, UserStatus, Username,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Statement, Value, sea_query::Expr,
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::{user_roles, users},
    query::{count, dialect},
    user_list,
    whole::keep,
};
use crate::{RepositoryError, Result, UserRepository, constraint};

/// The columns [`read_user`] reads, from a table called `u`.
macro_rules! user_columns {
    () => {
        "u.id, u.email, u.username, u.first_name, u.last_name, u.locale, u.avatar_url, u.email_verified, \
         u.status, u.version, u.created_at, u.updated_at, u.last_login_at, u.deleted_at, u.roles"
    };
}
pub(super) use user_columns;

/// The same columns for statements that are put together.
pub(super) const USER_COLUMNS: [users::Column; 15] = [
    users::Column::Id,
    users::Column::Email,
    users::Column::Username,
    users::Column::FirstName,
    users::Column::LastName,
    users::Column::Locale,
    users::Column::AvatarUrl,
    users::Column::EmailVerified,
    users::Column::Status,
    users::Column::Version,
    users::Column::CreatedAt,
    users::Column::UpdatedAt,
    users::Column::LastLoginAt,
    users::Column::DeletedAt,
    users::Column::Roles,
];

/// A user by a unique column; for both kinds of parameters.
macro_rules! find_user {
    ($column:literal) => {
        (find_user!($column, " = $1"), find_user!($column, " = ?"))
    };
    ($column:literal, $equals:literal) => {
        concat!(
            "SELECT ",
            user_columns!(),
            " FROM users u WHERE u.",
            $column,
            $equals
        )
    };
}

#[async_trait]
impl<C: SeaConnection> UserRepository for Sea<C> {
    async fn insert(&self, user: &User) -> Result<()> {
        self.write("db.users.insert", async {
            let whole = self.conn().whole().await?;
            users::Entity::insert(new_row(user))
                .exec_without_returning(&whole)
                .await?;
            insert_roles(&whole, user.id, &names(&user.roles)).await?;
            Ok(keep(whole).await?)
        })
        .await
    }

    /// `FOR UPDATE`; on SQLite, which does not know it, the unit of work is alone anyway.
    async fn lock(&self, id: UserId) -> Result<bool> {
        self.run("db.users.lock", async {
            let row = users::Entity::find_by_id(id.uuid())
                .lock_exclusive()
                .one(self.conn())
                .await?;
            Ok(row.is_some())
        })
        .await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>> {
        let work = find_one(self.conn(), find_user!("id"), id.uuid().into());
        self.run("db.users.find", work).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>> {
        let work = find_one(self.conn(), find_user!("email_key"), email.key().into());
        self.run("db.users.find_by_email", work).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>> {
        let work = find_one(self.conn(), find_user!("username_key"), username.key().into());
        self.run("db.users.find_by_username", work).await
    }

    async fn update(&self, user: &User) -> Result<bool> {
        self.write("db.users.update", async {
            let updated = users::Entity::update_many()
                .set(changes(user))
                .col_expr(users::Column::Version, Expr::col(users::Column::Version).add(1))
                .filter(users::Column::Id.eq(user.id.uuid()))
                .filter(users::Column::Version.eq(user.version))
                .exec(self.conn())
                .await?;
            Ok(updated.rows_affected == 1)
        })
        .await
    }

    async fn set_roles(&self, id: UserId, roles: &[RoleName]) -> Result<()> {
        self.write("db.users.set_roles", async {
            let whole = self.conn().whole().await?;
            replace_roles(&whole, id, roles).await?;
            Ok(keep(whole).await?)
        })
        .await
    }

    async fn record_login(&self, id: UserId, at: Timestamp) -> Result<bool> {
        let update = users::Entity::update_many()
            .col_expr(users::Column::LastLoginAt, Expr::value(micros(at)))
            .filter(users::Column::Id.eq(id.uuid()))
            .filter(users::Column::Status.eq(UserStatus::Active.as_str()));
        self.update_row("db.users.record_login", update).await
    }

    async fn list(&self, query: &UserQuery) -> Result<Page<User>> {
        self.run("db.users.list", user_list::list(self.conn(), query))
            .await
    }

    async fn count_active_with_role(&self, role: &RoleName, except: Option<UserId>) -> Result<u64> {
        let others = except.map(|id| users::Column::Id.ne(id.uuid()));
        let select = users::Entity::find()
            .filter(users::Column::Status.eq(UserStatus::Active.as_str()))
            .filter(user_list::holds(role))
            .filter(Condition::all().add_option(others));
        self.run("db.users.count_active_with_role", count(self.conn(), select))
            .await
    }

    async fn list_deleted(&self, before: Timestamp, limit: u32) -> Result<Vec<User>> {
        let select = users::Entity::find()
            .filter(deleted(before))
            .order_by_asc(users::Column::DeletedAt)
            .limit(u64::from(limit));
        self.run("db.users.list_deleted", async {
            let rows = select.all(self.conn()).await?;
            // What roles they held does not matter any more.
            rows.into_iter().map(into_user).collect()
        })
        .await
    }

    async fn purge(&self, id: UserId, before: Timestamp) -> Result<bool> {
        let delete = users::Entity::delete_many()
            .filter(users::Column::Id.eq(id.uuid()))
            .filter(deleted(before));
        self.delete_row("db.users.purge", delete).await
    }
}

fn deleted(before: Timestamp) -> Condition {
    Condition::all()
        .add(users::Column::Status.eq(UserStatus::Deleted.as_str()))
        .add(users::Column::DeletedAt.lt(micros(before)))
}

async fn find_one<C: ConnectionTrait>(
    conn: &C,
    (postgres, others): (&'static str, &'static str),
    key: Value,
) -> Result<Option<User>> {
    let backend = conn.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, dialect(backend, postgres, others), [key]);
    let rows = conn.query_all_raw(statement).await?;
    rows.first().map(|row| into_user(read_user(row, 0)?)).transpose()
}

/// The user's row first: its lock puts those who change the roles of one user in a row, so that
/// both places always tell the same.
async fn replace_roles<C: ConnectionTrait>(conn: &C, id: UserId, roles: &[RoleName]) -> Result<()> {
    let names = names(roles);
    let updated = users::Entity::update_many()
        .col_expr(users::Column::Roles, Expr::value(names.join(" ")))
        .filter(users::Column::Id.eq(id.uuid()))
        .exec(conn)
        .await?;
    if updated.rows_affected == 0 {
        return Err(RepositoryError::Conflict {
            constraint: constraint::REFERENCE.to_owned(),
        });
    }
    user_roles::Entity::delete_many()
        .filter(user_roles::Column::UserId.eq(id.uuid()))
        .exec(conn)
        .await?;
    Ok(insert_roles(conn, id, &names).await?)
}

/// Sorted, and each only once.
fn names(roles: &[RoleName]) -> Vec<&str> {
    let mut names: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

async fn insert_roles<C: ConnectionTrait>(
    conn: &C,
    id: UserId,
    names: &[&str],
) -> std::result::Result<(), DbErr> {
    if names.is_empty() {
        return Ok(());
    }
    let rows = names.iter().map(|role| user_roles::ActiveModel {
        user_id: Set(id.uuid()),
        role: Set((*role).to_owned()),
    });
    user_roles::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// What `update` writes.
fn changes(user: &User) -> users::ActiveModel {
    let name = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    let username = user.username.as_ref();
    users::ActiveModel {
        email: Set(user.email.as_str().to_owned()),
        email_key: Set(user.email.key().to_owned()),
        username: Set(username.map(|name| name.as_str().to_owned())),
        username_key: Set(username.map(|name| name.key().to_owned())),
        first_name: Set(name(&user.first_name)),
        last_name: Set(name(&user.last_name)),
        locale: Set(user.locale.as_ref().map(|locale| locale.as_str().to_owned())),
        avatar_url: Set(user.avatar_url.clone()),
        email_verified: Set(user.email_verified),
        status: Set(user.status.as_str().to_owned()),
        search_text: Set(user.search_text()),
        updated_at: Set(micros(user.updated_at)),
        deleted_at: Set(user.deleted_at.map(micros)),
        ..users::ActiveModel::default()
    }
}

fn new_row(user: &User) -> users::ActiveModel {
    users::ActiveModel {
        id: Set(user.id.uuid()),
        version: Set(user.version),
        created_at: Set(micros(user.created_at)),
        last_login_at: Set(user.last_login_at.map_or(0, micros)),
        roles: Set(names(&user.roles).join(" ")),
        ..changes(user)
    }
}

/// The columns of `user_columns!`, the first of them at `at`. By position, because names are
/// looked up anew in every row.
pub(super) fn read_user(row: &QueryResult, at: usize) -> std::result::Result<users::Model, DbErr> {
    Ok(users::Model {
        id: row.try_get_by_index(at)?,
        email: row.try_get_by_index(at + 1)?,
        email_key: String::new(),
        username: row.try_get_by_index(at + 2)?,
        username_key: None,
        first_name: row.try_get_by_index(at + 3)?,
        last_name: row.try_get_by_index(at + 4)?,
        locale: row.try_get_by_index(at + 5)?,
        avatar_url: row.try_get_by_index(at + 6)?,
        email_verified: row.try_get_by_index(at + 7)?,
        status: row.try_get_by_index(at + 8)?,
        search_text: String::new(),
        version: row.try_get_by_index(at + 9)?,
        created_at: row.try_get_by_index(at + 10)?,
        updated_at: row.try_get_by_index(at + 11)?,
        last_login_at: row.try_get_by_index(at + 12)?,
        deleted_at: row.try_get_by_index(at + 13)?,
        roles: row.try_get_by_index(at + 14)?,
    })
}

/// The user a row stands for.
pub(super) fn into_user(model: users::Model) -> Result<User> {
    let row = Row {
        table: "users",
        id: model.id,
    };
    let name = |raw: Option<String>| row.optional(raw, |name| PersonName::parse(&name));
    let roles = model.roles.split_ascii_whitespace();
    let roles = roles.map(|name| row.value(RoleName::parse(name)));
    Ok(User {
        id: UserId(model.id),
        email: row.value(Email::parse(&model.email))?,
        username: row.optional(model.username, |name| Username::parse(&name))?,
        first_name: name(model.first_name)?,
        last_name: name(model.last_name)?,
        locale: row.optional(model.locale, |locale| Locale::parse(&locale))?,
        avatar_url: model.avatar_url,
        email_verified: model.email_verified,
        status: row.value(model.status.parse::<UserStatus>())?,
        roles: roles.collect::<Result<_>>()?,
        version: model.version,
        created_at: row.time(model.created_at)?,
        updated_at: row.time(model.updated_at)?,
        last_login_at: row.optional_time((model.last_login_at != 0).then_some(model.last_login_at))?,
        deleted_at: row.optional_time(model.deleted_at)?,
    })
}
