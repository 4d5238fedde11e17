//! Lists of users.

use std::collections::HashMap;

use mainstay_domain::{Page, RoleName, User, UserFilter, UserQuery, UserSort, UserStatus};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    QueryTrait,
    prelude::Uuid,
    sea_query::{Expr, LikeExpr},
};

use super::{
    convert::micros,
    entity::{user_roles, users},
    query::{paged, total},
    users::into_user,
};
use crate::Result;

/// A page of users in two statements, three with the total.
pub(super) async fn list<C: ConnectionTrait>(conn: &C, query: &UserQuery) -> Result<Page<User>> {
    let listed = users::Entity::find().filter(condition(&query.filter));
    let columns = (column(query.sort), users::Column::Id);
    let rows = paged(listed.clone(), columns, query.descending, &query.page)
        .all(conn)
        .await?;
    let mut roles = roles_of(conn, &rows).await?;
    let users = rows
        .into_iter()
        .map(|row| {
            let held = roles.remove(&row.id).unwrap_or_default();
            into_user(row, held)
        })
        .collect::<Result<Vec<User>>>()?;
    let page = Page::from_rows(users, query.page.limit, |user| query.sort.position(user));
    Ok(Page {
        total: total(conn, &query.page, listed).await?,
        ..page
    })
}

/// Whether a user holds `role`.
pub(super) fn holds(role: &RoleName) -> Expr {
    let holders = user_roles::Entity::find()
        .select_only()
        .column(user_roles::Column::UserId)
        .filter(user_roles::Column::Role.eq(role.as_str()));
    users::Column::Id.in_subquery(holders.into_query())
}

async fn roles_of<C: ConnectionTrait>(
    conn: &C,
    users: &[users::Model],
) -> std::result::Result<HashMap<Uuid, Vec<String>>, DbErr> {
    let mut roles: HashMap<Uuid, Vec<String>> = HashMap::new();
    if users.is_empty() {
        return Ok(roles);
    }
    let held = user_roles::Entity::find()
        .filter(user_roles::Column::UserId.is_in(users.iter().map(|user| user.id)))
        .all(conn)
        .await?;
    for row in held {
        roles.entry(row.user_id).or_default().push(row.role);
    }
    Ok(roles)
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
