//! How far sweeps have come, on SeaORM.

use async_trait::async_trait;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Sea, SeaConnection,
    entity::sweeps::{ActiveModel, Column, Entity},
    query::insert_new,
};
use crate::{Result, SweepRepository};

#[async_trait]
impl<C: SeaConnection> SweepRepository for Sea<C> {
    async fn find(&self, name: &str) -> Result<Option<String>> {
        let row = self
            .find_row("db.sweeps.find", Entity::find_by_id(name.to_owned()))
            .await?;
        Ok(row.map(|row| row.place))
    }

    async fn keep(&self, name: &str, place: &str) -> Result<()> {
        let update = Entity::update_many()
            .col_expr(Column::Place, Expr::value(place))
            .filter(Column::Name.eq(name));
        let row = ActiveModel {
            name: Set(name.to_owned()),
            place: Set(place.to_owned()),
        };
        self.write("db.sweeps.keep", async {
            if update.exec(self.conn()).await?.rows_affected == 0 {
                insert_new(self.conn(), Entity::insert(row)).await?;
            }
            Ok(())
        })
        .await
    }
}
