//! The audit log on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    ApiKeyId, AuditEvent, AuditEventId, AuditKind, AuditQuery, Page, Position, SortValue, UserId,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    Sea,
    convert::{Row, ip_text, micros},
    entity::audit_events::{ActiveModel, Column, Entity, Model},
    query::{paged, total},
};
use crate::{AuditEventRepository, Result};

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> AuditEventRepository for Sea<C> {
    async fn append(&self, event: &AuditEvent) -> Result<()> {
        self.write("db.audit_events.append", async {
            Entity::insert(new_row(event))
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        let page = &query.page;
        let listed = Entity::find().filter(condition(query));
        self.run("db.audit_events.list", async {
            let select = paged(listed.clone(), (Column::At, Column::Id), true, page);
            let rows = select.all(self.conn()).await?;
            let events = rows.into_iter().map(into_event).collect::<Result<Vec<_>>>()?;
            Ok(Page {
                total: total(self.conn(), page, listed).await?,
                ..Page::from_rows(events, page.limit, position)
            })
        })
        .await
    }
}

fn condition(query: &AuditQuery) -> Condition {
    Condition::all()
        .add_option(query.kind.map(|kind| Column::Kind.eq(kind.as_str())))
        .add_option(query.actor_id.map(|id| Column::ActorId.eq(id.uuid())))
        .add_option(query.subject_id.map(|id| Column::SubjectId.eq(id.uuid())))
        .add_option(query.since.map(|at| Column::At.gte(micros(at))))
        .add_option(query.until.map(|at| Column::At.lt(micros(at))))
}

fn position(event: &AuditEvent) -> Position {
    Position {
        value: SortValue::Micros(micros(event.at)),
        id: event.id.uuid(),
    }
}

fn new_row(event: &AuditEvent) -> ActiveModel {
    ActiveModel {
        id: Set(event.id.uuid()),
        at: Set(micros(event.at)),
        kind: Set(event.kind.as_str().to_owned()),
        actor_id: Set(event.actor_id.map(UserId::uuid)),
        api_key_id: Set(event.api_key_id.map(ApiKeyId::uuid)),
        subject_id: Set(event.subject_id.map(UserId::uuid)),
        ip: Set(ip_text(&event.origin)),
        user_agent: Set(event.origin.user_agent.clone()),
        request_id: Set(event.origin.request_id.clone()),
        detail: Set(event.detail.clone()),
    }
}

fn into_event(model: Model) -> Result<AuditEvent> {
    let row = Row {
        table: "audit_events",
        id: model.id,
    };
    Ok(AuditEvent {
        id: AuditEventId(model.id),
        at: row.time(model.at)?,
        kind: AuditKind::stored(&model.kind),
        actor_id: model.actor_id.map(UserId),
        api_key_id: model.api_key_id.map(ApiKeyId),
        subject_id: model.subject_id.map(UserId),
        origin: row.origin(model.ip, model.user_agent, model.request_id)?,
        detail: model.detail,
    })
}
