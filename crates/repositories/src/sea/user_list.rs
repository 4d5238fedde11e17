//! Lists of users.

use mainstay_domain::{Page, RoleName, User, UserFilter, UserQuery, UserSort, UserStatus};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    QueryTrait, Select, Statement,
    sea_query::{Expr, LikeExpr},
};

use super::{
    convert::micros,
    entity::{user_roles, users},
    query::{ordered, rows_of, total},
    users::{USER_COLUMNS, into_user, read_user},
};
use crate::Result;

/// A page of users in one statement, two with the total.
pub(super) async fn list<C: ConnectionTrait>(conn: &C, query: &UserQuery) -> Result<Page<User>> {
    let listed = users::Entity::find().filter(condition(&query.filter));
    let statement = page_statement(conn.get_database_backend(), listed.clone(), query);
    let rows = conn.query_all_raw(statement).await?;
    let users = rows.iter().map(|row| into_user(read_user(row, 0)?));
    let page = Page::from_rows(users.collect::<Result<_>>()?, query.page.limit, |user| {
        query.sort.position(user)
    });
    Ok(Page {
        total: total(conn, &query.page, listed).await?,
        ..page
    })
}

/// The limit is a part of the text. As a value it would make PostgreSQL plan anew for every
/// call, because a plan for any limit looks worse to it than one for 20; that took three times
/// as long as the list itself.
fn page_statement(backend: DbBackend, listed: Select<users::Entity>, query: &UserQuery) -> Statement {
    let columns = (column(query.sort), users::Column::Id);
    let listed = listed.select_only().columns(USER_COLUMNS);
    let page = ordered(listed, columns, query.descending, &query.page).build(backend);
    Statement {
        sql: format!("{} LIMIT {}", page.sql, rows_of(&query.page)),
        ..page
    }
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
    let own_status = Expr::col((users::Entity, users::Column::Status));
    let status = match filter.status {
        Some(status) => own_status.eq(literal(status)),
        None => own_status.ne(literal(UserStatus::Deleted)),
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

/// A status as a part of the text, so that the plan for it can be kept: how many users have
/// one differs widely.
fn literal(status: UserStatus) -> Expr {
    Expr::Constant(status.as_str().into())
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
