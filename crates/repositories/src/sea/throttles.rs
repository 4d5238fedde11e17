//! Counters that slow guesses down, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{ThrottleState, Timestamp};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, UpdateMany};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::throttles::{ActiveModel, Column, Entity, Model},
    query::{insert_new, purge},
};
use crate::{Result, ThrottleRepository};

#[async_trait]
impl<C: SeaConnection> ThrottleRepository for Sea<C> {
    async fn find(&self, key: &str) -> Result<Option<ThrottleState>> {
        self.run("db.throttles.find", async {
            let row = Entity::find_by_id(key).one(self.conn()).await?;
            row.map(into_state).transpose()
        })
        .await
    }

    async fn advance(
        &self,
        key: &str,
        expected: Option<ThrottleState>,
        next: &ThrottleState,
    ) -> Result<bool> {
        self.write("db.throttles.advance", async {
            let Some(expected) = expected else {
                let row = ActiveModel {
                    throttle_key: Set(key.to_owned()),
                    ..columns(next)
                };
                return insert_new(self.conn(), Entity::insert(row)).await;
            };
            let advanced = replaced(key, expected, next).exec(self.conn()).await?;
            Ok(advanced.rows_affected == 1)
        })
        .await
    }

    async fn clear(&self, key: &str) -> Result<()> {
        self.write("db.throttles.clear", async {
            Entity::delete_by_id(key).exec(self.conn()).await?;
            Ok(())
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = Condition::all().add(Column::LastAt.lt(micros(before)));
        let work = purge::<String, _, Entity>(self.conn(), Column::ThrottleKey, stale, limit);
        self.write("db.throttles.purge", work).await
    }
}

fn replaced(key: &str, expected: ThrottleState, next: &ThrottleState) -> UpdateMany<Entity> {
    Entity::update_many()
        .set(columns(next))
        .filter(Column::ThrottleKey.eq(key))
        .filter(Column::Tries.eq(expected.tries))
        .filter(Column::LastAt.eq(micros(expected.last_at)))
}

fn columns(state: &ThrottleState) -> ActiveModel {
    ActiveModel {
        tries: Set(state.tries),
        next_at: Set(micros(state.next_at)),
        last_at: Set(micros(state.last_at)),
        ..ActiveModel::default()
    }
}

fn into_state(model: Model) -> Result<ThrottleState> {
    let row = Row {
        table: "throttles",
        id: model.throttle_key,
    };
    Ok(ThrottleState {
        tries: model.tries,
        next_at: row.time(model.next_at)?,
        last_at: row.time(model.last_at)?,
    })
}
