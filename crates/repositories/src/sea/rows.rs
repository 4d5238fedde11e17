//! Changes to single rows, for repositories of one table.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DeleteMany, EntityTrait, Insert, IntoActiveModel, UpdateMany,
};

use super::Sea;
use crate::Result;

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
}
