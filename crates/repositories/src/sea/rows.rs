//! Rows and pages of rows, for repositories of one table.

use mainstay_domain::{Page, PageRequest, Position, SortValue};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DeleteMany, EntityTrait, Insert, IntoActiveModel, ModelTrait, Order,
    Select, UpdateMany, Value,
};

use super::{
    Sea,
    query::{paged, total},
};
use crate::{RepositoryError, Result};

impl<C: ConnectionTrait> Sea<C> {
    /// Adds a row.
    ///
    /// # Errors
    /// `Conflict` if a constraint stands against it; else as [`Sea::run`].
    pub async fn insert_row<A>(&self, op: &'static str, row: A) -> Result<()>
    where
        A: ActiveModelTrait + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        self.write(op, async {
            Insert::one(row).exec_without_returning(self.conn()).await?;
            Ok(())
        })
        .await
    }

    /// The row that meets a condition, if there is one.
    ///
    /// # Errors
    /// As [`Sea::run`].
    pub async fn find_row<E: EntityTrait>(
        &self,
        op: &'static str,
        select: Select<E>,
    ) -> Result<Option<E::Model>> {
        self.run(op, async { Ok(select.one(self.conn()).await?) }).await
    }

    /// Changes the row that meets a condition; tells whether there was one.
    ///
    /// # Errors
    /// As [`Sea::run`].
    pub async fn update_row<E: EntityTrait>(&self, op: &'static str, update: UpdateMany<E>) -> Result<bool> {
        self.write(op, async {
            Ok(update.exec(self.conn()).await?.rows_affected == 1)
        })
        .await
    }

    /// Removes the row that meets a condition; tells whether there was one.
    ///
    /// # Errors
    /// As [`Sea::run`].
    pub async fn delete_row<E: EntityTrait>(&self, op: &'static str, delete: DeleteMany<E>) -> Result<bool> {
        self.write(op, async {
            Ok(delete.exec(self.conn()).await?.rows_affected == 1)
        })
        .await
    }

    /// A page of the rows in `listed`, sorted by a column of integers or text and by id.
    ///
    /// # Errors
    /// `Backend` if the columns are of other types; else as [`Sea::run`].
    pub async fn page_rows<E: EntityTrait>(
        &self,
        op: &'static str,
        listed: Select<E>,
        (column, id, order): (E::Column, E::Column, Order),
        page: &PageRequest,
    ) -> Result<Page<E::Model>> {
        self.run(op, async {
            let select = paged(listed.clone(), (column, id), matches!(order, Order::Desc), page);
            let rows = select.all(self.conn()).await?;
            let limit = page.limit as usize;
            let last = rows[..limit.min(rows.len())]
                .last()
                .filter(|_| rows.len() > limit);
            let next = last
                .map(|row| position(row.get(column), row.get(id)))
                .transpose()?;
            let total = total(self.conn(), page, listed).await?;
            let items = rows.into_iter().take(limit).collect();
            Ok(Page { items, next, total })
        })
        .await
    }
}

fn position(value: Value, id: Value) -> Result<Position> {
    let value = match value {
        Value::BigInt(Some(micros)) => Some(SortValue::Micros(micros)),
        Value::String(Some(text)) => Some(SortValue::Text(text.to_string())),
        _ => None,
    };
    match (value, id) {
        (Some(value), Value::Uuid(Some(id))) => Ok(Position { value, id }),
        _ => Err(RepositoryError::Backend(
            "a list cannot be sorted by this column".to_owned(),
        )),
    }
}
