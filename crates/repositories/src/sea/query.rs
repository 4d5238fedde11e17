//! Pieces of statements that several repositories need.

use mainstay_domain::{PageRequest, Position, SortValue};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, Insert, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Statement, TryGetable, Value,
    sea_query::{Asterisk, Expr},
};

use super::SeaConnection;
use crate::{RepositoryError, Result};

/// Most rows one purge takes at a time: engines limit the values of a statement.
const PURGE_LIMIT: u64 = 10_000;

/// How often an insertion that lost a deadlock is tried again.
const MAX_REPEATS: u32 = 5;

/// One of two texts: PostgreSQL numbers its parameters, the others do not.
pub(super) fn dialect(backend: DbBackend, postgres: &'static str, others: &'static str) -> &'static str {
    if backend == DbBackend::Postgres {
        postgres
    } else {
        others
    }
}

/// Orders by `column`, then `id`, begins after the page's position, and takes one row more
/// than the page has, which tells whether there is a next one.
pub fn paged<E: EntityTrait>(
    select: Select<E>,
    columns: (E::Column, E::Column),
    descending: bool,
    page: &PageRequest,
) -> Select<E> {
    ordered(select, columns, descending, page).limit(rows_of(page))
}

/// How many rows a page reads: one more than it has.
pub(super) fn rows_of(page: &PageRequest) -> u64 {
    u64::from(page.limit) + 1
}

/// [`paged`] without the limit.
pub(super) fn ordered<E: EntityTrait>(
    select: Select<E>,
    (column, id): (E::Column, E::Column),
    descending: bool,
    page: &PageRequest,
) -> Select<E> {
    let order = if descending { Order::Desc } else { Order::Asc };
    let after = page
        .after
        .as_ref()
        .map(|position| beyond((column, id), position, descending));
    select
        .filter(Condition::all().add_option(after))
        .order_by(column, order.clone())
        .order_by(id, order)
}

/// `(col <= v AND (col < v OR (col = v AND id < id)))`: every engine finds its way into the
/// index by the first part, which few manage for the comparison of pairs.
fn beyond<T: ColumnTrait>((column, id): (T, T), position: &Position, descending: bool) -> Condition {
    let value = match &position.value {
        SortValue::Micros(micros) => Value::from(*micros),
        SortValue::Text(text) => Value::from(text.clone()),
    };
    let (from, past, tie) = if descending {
        (
            column.lte(value.clone()),
            column.lt(value.clone()),
            id.lt(position.id),
        )
    } else {
        (
            column.gte(value.clone()),
            column.gt(value.clone()),
            id.gt(position.id),
        )
    };
    let same = Condition::all().add(column.eq(value)).add(tie);
    Condition::all()
        .add(from)
        .add(Condition::any().add(past).add(same))
}

/// How many rows `select` has.
pub(super) async fn count<C: ConnectionTrait, E: EntityTrait>(conn: &C, select: Select<E>) -> Result<u64> {
    let counted = select.select_only().expr(Expr::col(Asterisk).count());
    let row = conn.query_one(&counted.into_query()).await?;
    let total: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(total).unwrap_or_default())
}

/// The total of a page, if it was asked for.
///
/// # Errors
/// What the database says.
pub async fn total<C: ConnectionTrait, E: EntityTrait>(
    conn: &C,
    page: &PageRequest,
    select: Select<E>,
) -> Result<Option<u64>> {
    if page.with_total {
        return Ok(Some(count(conn, select).await?));
    }
    Ok(None)
}

/// Adds a row unless its key is taken; tells whether it did. A plain insert would kill
/// PostgreSQL's transaction.
///
/// Of several that add a key that was removed a moment ago, MySQL makes some the victims of a deadlock.
/// Outside a unit of work nothing else is lost with them, so they try again.
pub(super) async fn insert_new<A, C>(conn: &C, insert: Insert<A>) -> Result<bool>
where
    A: sea_orm::ActiveModelTrait,
    C: SeaConnection,
{
    let backend = conn.get_database_backend();
    let mut statement: Statement = insert.build(backend);
    if backend == DbBackend::MySql {
        // Not `ON DUPLICATE KEY`: with the rows found counted, it counts one either way.
        statement.sql = statement.sql.replacen("INSERT", "INSERT IGNORE", 1);
    } else {
        statement.sql.push_str(" ON CONFLICT DO NOTHING");
    }
    let repeats = backend == DbBackend::MySql && !C::IS_UNIT;
    let mut left = if repeats { MAX_REPEATS } else { 0 };
    loop {
        match conn
            .execute_raw(statement.clone())
            .await
            .map_err(RepositoryError::from)
        {
            Err(RepositoryError::Unavailable(_)) if left > 0 => left -= 1,
            done => return Ok(done?.rows_affected() == 1),
        }
    }
}

/// Removes the rows that meet `condition`, which are few, by their keys. One statement would lock on MySQL
/// every row it looks at, those of others among them.
pub(super) async fn delete_found<K, C, E>(conn: &C, key: E::Column, condition: Condition) -> Result<u64>
where
    K: TryGetable + Into<Value> + Send + Sync,
    C: ConnectionTrait,
    E: EntityTrait,
{
    let keys = keys_of::<K, _, E>(conn, E::find().filter(condition), key).await?;
    if keys.is_empty() {
        return Ok(0);
    }
    let deleted = E::delete_many().filter(key.is_in(keys)).exec(conn).await?;
    Ok(deleted.rows_affected)
}

async fn keys_of<K, C, E>(conn: &C, select: Select<E>, key: E::Column) -> Result<Vec<K>>
where
    K: TryGetable + Into<Value> + Send + Sync,
    C: ConnectionTrait,
    E: EntityTrait,
{
    let select = select.select_only().column(key);
    let rows = conn.query_all(&select.into_query()).await?;
    let keys = rows.iter().map(|row| row.try_get_by_index::<K>(0));
    Ok(keys.collect::<std::result::Result<Vec<K>, DbErr>>()?)
}

/// Removes up to `limit` rows that meet `stale`. In two statements, for few engines limit a
/// deletion; a row that ceases to be stale in between stays.
pub(super) async fn purge<K, C, E>(conn: &C, key: E::Column, stale: Condition, limit: u32) -> Result<u64>
where
    K: TryGetable + Into<Value> + Send + Sync,
    C: ConnectionTrait,
    E: EntityTrait,
{
    let limit = Ord::min(u64::from(limit), PURGE_LIMIT);
    let select = E::find().filter(stale.clone()).limit(limit);
    let keys = keys_of::<K, _, E>(conn, select, key).await?;
    if keys.is_empty() {
        return Ok(0);
    }
    let deleted = E::delete_many()
        .filter(key.is_in(keys))
        .filter(stale)
        .exec(conn)
        .await?;
    Ok(deleted.rows_affected)
}
