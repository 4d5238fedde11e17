//! Work that is due again and again, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, UpdateMany, prelude::Uuid,
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::schedules::{ActiveModel, Column, Entity, Model},
    query::insert_new,
    whole::keep,
};
use crate::{Result, ScheduleRepository};

#[async_trait]
impl<C: SeaConnection> ScheduleRepository for Sea<C> {
    async fn plan(&self, schedule: &NewSchedule) -> Result<bool> {
        let due = Set(micros(schedule.due_at));
        let row = ActiveModel {
            name: Set(schedule.name.clone()),
            plan: Set(schedule.plan.clone()),
            due_at: due.clone(),
            wake_at: due,
            lease: Set(None),
        };
        let change = ActiveModel {
            name: sea_orm::ActiveValue::NotSet,
            ..row.clone()
        };
        let changed = Entity::update_many()
            .set(change)
            .filter(Column::Name.eq(schedule.name.as_str()))
            .filter(Column::Plan.ne(schedule.plan.as_str()))
            .filter(Column::Lease.is_null());
        self.write("db.schedules.plan", async {
            Ok(insert_new(self.conn(), Entity::insert(row)).await?
                || changed.exec(self.conn()).await?.rows_affected == 1)
        })
        .await
    }

    async fn list(&self, names: &[String]) -> Result<Vec<Schedule>> {
        let select = Entity::find()
            .filter(Column::Name.is_in(names.iter().map(String::as_str)))
            .order_by_asc(Column::Name);
        self.run("db.schedules.list", async {
            let rows = select.all(self.conn()).await?;
            rows.into_iter().map(into_schedule).collect()
        })
        .await
    }

    async fn claim(&self, claim: &ScheduleClaim) -> Result<Option<Schedule>> {
        let taken = ActiveModel {
            wake_at: Set(micros(claim.lease.until)),
            lease: Set(Some(claim.lease.id)),
            ..ActiveModel::default()
        };
        let taken = Entity::update_many()
            .set(taken)
            .filter(Column::Name.eq(claim.name.as_str()))
            .filter(Column::WakeAt.lte(micros(claim.now)));
        let claimed = Entity::find()
            .filter(Column::Name.eq(claim.name.as_str()))
            .filter(Column::Lease.eq(claim.lease.id));
        // Together, so that nothing is claimed that nobody hears of.
        self.write("db.schedules.claim", async {
            let whole = self.conn().whole().await?;
            let row = match taken.exec(&whole).await?.rows_affected {
                0 => None,
                _ => claimed.one(&whole).await?,
            };
            keep(whole).await?;
            row.map(into_schedule).transpose()
        })
        .await
    }

    async fn extend(&self, name: &str, lease: &JobLease) -> Result<bool> {
        let longer = ActiveModel {
            wake_at: Set(micros(lease.until)),
            ..ActiveModel::default()
        };
        let update = held(name, lease.id).set(longer);
        self.update_row("db.schedules.extend", update).await
    }

    async fn finish(&self, lease: &JobLease, next: &NewSchedule) -> Result<bool> {
        let waiting = ActiveModel {
            plan: Set(next.plan.clone()),
            due_at: Set(micros(next.due_at)),
            wake_at: Set(micros(next.due_at)),
            lease: Set(None),
            ..ActiveModel::default()
        };
        let update = held(&next.name, lease.id).set(waiting);
        self.update_row("db.schedules.finish", update).await
    }
}

/// The schedule, as long as the lease is this one.
fn held(name: &str, lease: Uuid) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Name.eq(name))
        .filter(Column::Lease.eq(lease))
}

fn into_schedule(model: Model) -> Result<Schedule> {
    let row = Row {
        table: "schedules",
        id: model.due_at,
    };
    Ok(Schedule {
        due_at: row.time(model.due_at)?,
        wake_at: row.time(model.wake_at)?,
        lease: model.lease,
        name: model.name,
        plan: model.plan,
    })
}
