//! The audit log in memory.

use async_trait::async_trait;
use mainstay_domain::{AuditEvent, AuditQuery, Page, Position, SortValue};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::insert_new,
};
use crate::{AuditEventRepository, Result, constraint};

#[async_trait]
impl<A: Access> AuditEventRepository for Memory<A> {
    async fn append(&self, event: &AuditEvent) -> Result<()> {
        self.0
            .write(|state| insert_new(&mut state.audit_events, event.id, event, constraint::OTHER))
            .await
    }

    async fn list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        Ok(self.0.read(|state| {
            let rows = state
                .audit_events
                .values()
                .filter(|event| meets(event, query))
                .collect();
            page_of(rows, &query.page, true, position)
        }))
    }
}

fn meets(event: &AuditEvent, query: &AuditQuery) -> bool {
    query.kind.is_none_or(|kind| event.kind == kind)
        && query.actor_id.is_none_or(|actor| event.actor_id == Some(actor))
        && query
            .subject_id
            .is_none_or(|subject| event.subject_id == Some(subject))
        && query.since.is_none_or(|since| event.at >= since)
        && query.until.is_none_or(|until| event.at < until)
}

fn position(event: &AuditEvent) -> Position {
    Position {
        value: SortValue::Micros(event.at.timestamp_micros()),
        id: event.id.uuid(),
    }
}
