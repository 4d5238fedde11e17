//! Lists of users.

use mainstay_domain::{Page, RoleName, User, UserFilter, UserQuery, UserSort, UserStatus};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IdenStatic, QueryFilter,
    QueryResult, QuerySelect, QueryTrait, Select, Statement,
    prelude::Uuid,
    sea_query::{Expr, LikeExpr},
};

use super::{
    convert::micros,
    entity::{user_roles, users},
    query::{paged, total},
    users::{USER_WIDTH, into_user, read_roles, read_user, user_columns},
};
use crate::Result;

/// A page of users with their roles in one statement, two with the total.
pub(super) async fn list<C: ConnectionTrait>(conn: &C, query: &UserQuery) -> Result<Page<User>> {
    let listed = users::Entity::find().filter(condition(&query.filter));
    let rows = conn
        .query_all_raw(page_statement(conn.get_database_backend(), listed.clone(), query))
        .await?;
    let page = Page::from_rows(read_users(&rows)?, query.page.limit, |user| {
        query.sort.position(user)
    });
    Ok(Page {
        total: total(conn, &query.page, listed).await?,
        ..page
    })
}

/// The page first, then the roles of whoever is on it: one row a role, a user's rows together.
fn page_statement(backend: DbBackend, listed: Select<users::Entity>, query: &UserQuery) -> Statement {
    let columns = (column(query.sort), users::Column::Id);
    let page = paged(listed, columns, query.descending, &query.page).build(backend);
    let (sort, order) = (columns.0.as_str(), if query.descending { "DESC" } else { "ASC" });
    let sql = format!(
        "SELECT {}, ur.role FROM ({}) u LEFT JOIN user_roles ur ON ur.user_id = u.id \
         ORDER BY u.{sort} {order}, u.id {order}",
        user_columns!(),
        page.sql,
    );
    Statement {
        sql,
        values: page.values,
        db_backend: backend,
    }
}

fn read_users(rows: &[QueryResult]) -> Result<Vec<User>> {
    let mut users = Vec::with_capacity(rows.len());
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let model = read_user(first, 0)?;
        let mut length = 1;
        while length < rest.len() && rest[length].try_get_by_index::<Uuid>(0)? == model.id {
            length += 1;
        }
        let roles = read_roles(&rest[..length], USER_WIDTH)?;
        users.push(into_user(model, roles)?);
        rest = &rest[length..];
    }
    Ok(users)
}

/// Whether a user holds `role`.
pub(super) fn holds(role: &RoleName) -> Expr {
    let holders = user_roles::Entity::find()
        .select_only()
        .column(user_roles::Column::UserId)
        .filter(user_roles::Column::Role.eq(role.as_str()));
    users::Column::Id.in_subquery(holders.into_query())
}

fn column(sort: UserSort) -> users::Column {
    match sort {
        UserSort::CreatedAt => users::Column::CreatedAt,
        UserSort::UpdatedAt => users::Column::UpdatedAt,
        UserSort::Email => users::Column::EmailKey,
        UserSort::LastLoginAt => users::Column::LastLoginAt,
    }
}

fn condition(filter: &UserFilter) -> Condition {
    let created_at = users::Column::CreatedAt;
    let status = match filter.status {
        Some(status) => users::Column::Status.eq(status.as_str()),
        None => users::Column::Status.ne(UserStatus::Deleted.as_str()),
    };
    Condition::all()
        .add(status)
        .add_option(filter.text.as_deref().map(contains))
        .add_option(filter.role.as_ref().map(holds))
        .add_option(
            filter
                .email_verified
                .map(|yes| users::Column::EmailVerified.eq(yes)),
        )
        .add_option(filter.created_since.map(|at| created_at.gte(micros(at))))
        .add_option(filter.created_until.map(|at| created_at.lt(micros(at))))
}

/// `!` escapes, because what a backslash does depends on MySQL's settings.
fn contains(text: &str) -> Expr {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Expr::col((users::Entity, users::Column::SearchText)).like(LikeExpr::new(pattern).escape('!'))
}
