//! The chain of the audit log on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    AuditEventId, AuditRecord, ChainHead, ChainPoint, PersonalPart, Seal, Timestamp, UserId,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
    sea_query::{CaseStatement, Expr, SimpleExpr},
};

use super::{
    Sea,
    convert::micros,
    entity::{
        audit_chain,
        audit_records::{Column, Entity, Model},
    },
    query::count,
};
use crate::{AuditChainRepository, Result};

/// The row of the head.
const HEAD: i32 = 1;
/// Events sealed by one statement; SQLite counts the values.
const CHUNK: usize = 100;

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> AuditChainRepository for Sea<C> {
    async fn head(&self) -> Result<Option<ChainHead>> {
        self.run("db.audit_chain.head", async {
            let row = audit_chain::Entity::find_by_id(HEAD).one(self.conn()).await?;
            Ok(row.map(into_head))
        })
        .await
    }

    async fn advance(&self, expected: &ChainHead, next: &ChainHead) -> Result<bool> {
        let update = audit_chain::Entity::update_many()
            .set(head_columns(next))
            .filter(audit_chain::Column::Id.eq(HEAD))
            .filter(audit_chain::Column::SealedSeq.eq(expected.sealed.seq))
            .filter(audit_chain::Column::Mac.eq(expected.mac.clone()));
        self.update_row("db.audit_chain.advance", update).await
    }

    async fn unsealed(&self, limit: u32) -> Result<Vec<AuditRecord>> {
        let select = Entity::find()
            .filter(Column::Seq.is_null())
            .order_by_asc(Column::At)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        self.run("db.audit_chain.unsealed", async {
            Ok(select
                .all(self.conn())
                .await?
                .into_iter()
                .map(into_record)
                .collect())
        })
        .await
    }

    async fn count_unsealed(&self) -> Result<u64> {
        let select = Entity::find().filter(Column::Seq.is_null());
        self.run("db.audit_chain.count_unsealed", count(self.conn(), select))
            .await
    }

    async fn seal(&self, records: &[AuditRecord]) -> Result<bool> {
        let (erased, whole): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.erased);
        self.write("db.audit_chain.seal", async {
            let mut sealed = 0;
            for chunk in whole.chunks(CHUNK).chain(erased.chunks(CHUNK)) {
                sealed += seal_chunk(self.conn(), chunk).await?;
            }
            Ok(sealed == records.len() as u64)
        })
        .await
    }

    async fn sealed_after(&self, seq: i64, limit: u32) -> Result<Vec<AuditRecord>> {
        let select = Entity::find()
            .filter(Column::Seq.gt(seq))
            .order_by_asc(Column::Seq)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        self.run("db.audit_chain.sealed_after", async {
            Ok(select
                .all(self.conn())
                .await?
                .into_iter()
                .map(into_record)
                .collect())
        })
        .await
    }

    async fn erase(&self, user: UserId, now: Timestamp, limit: u32) -> Result<u64> {
        let work = erase(self.conn(), user, micros(now), limit);
        self.write("db.audit_chain.erase", work).await
    }

    async fn prune(&self, after: i64, until: i64) -> Result<u64> {
        self.write("db.audit_chain.prune", async {
            let pruned = Entity::delete_many()
                .filter(Column::Seq.gt(after))
                .filter(Column::Seq.lte(until))
                .exec(self.conn())
                .await?;
            Ok(pruned.rows_affected)
        })
        .await
    }
}

/// Seals records of one kind, erased or whole, in one statement. An event that was erased
/// since it was read would be sealed with what it no longer has, and is left out.
async fn seal_chunk<C: ConnectionTrait>(conn: &C, chunk: &[&AuditRecord]) -> std::result::Result<u64, DbErr> {
    let ids = chunk.iter().map(|record| record.id.uuid());
    let erased = chunk.first().is_some_and(|record| record.erased);
    let untouched = (!erased).then(|| Column::ErasedAt.is_null());
    let updated = Entity::update_many()
        .col_expr(Column::Seq, by_id(chunk, |seal| seal.seq.into()))
        .col_expr(Column::Salt, by_id(chunk, |seal| seal.salt.clone().into()))
        .col_expr(
            Column::Commitment,
            by_id(chunk, |seal| seal.commitment.clone().into()),
        )
        .col_expr(Column::Hash, by_id(chunk, |seal| seal.hash.clone().into()))
        .filter(Column::Id.is_in(ids))
        .filter(Column::Seq.is_null())
        .filter(Condition::all().add_option(untouched))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected)
}

/// `CASE WHEN id = … THEN … END`: what every engine understands.
fn by_id(chunk: &[&AuditRecord], value: impl Fn(&Seal) -> Value) -> SimpleExpr {
    let sealed = chunk
        .iter()
        .filter_map(|record| Some((record.id, record.seal.as_ref()?)));
    sealed
        .fold(CaseStatement::new(), |case, (id, seal)| {
            case.case(Expr::col(Column::Id).eq(id.uuid()), Expr::value(value(seal)))
        })
        .into()
}

/// In two statements, for few engines limit an update.
async fn erase<C: ConnectionTrait>(conn: &C, user: UserId, now: i64, limit: u32) -> Result<u64> {
    let theirs = Condition::any()
        .add(Column::SubjectId.eq(user.uuid()))
        .add(Column::ActorId.eq(user.uuid()));
    let found = Entity::find()
        .filter(theirs)
        .filter(Column::ErasedAt.is_null())
        .limit(u64::from(limit))
        .all(conn)
        .await?;
    if found.is_empty() {
        return Ok(0);
    }
    let nothing = || Expr::value(None::<String>);
    let erased = Entity::update_many()
        .col_expr(Column::Ip, nothing())
        .col_expr(Column::UserAgent, nothing())
        .col_expr(Column::RequestId, nothing())
        .col_expr(Column::Detail, nothing())
        .col_expr(Column::Salt, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Id.is_in(found.iter().map(|row| row.id)))
        .filter(Column::ErasedAt.is_null())
        .exec(conn)
        .await?;
    Ok(erased.rows_affected)
}

fn head_columns(head: &ChainHead) -> audit_chain::ActiveModel {
    audit_chain::ActiveModel {
        sealed_seq: Set(head.sealed.seq),
        sealed_hash: Set(head.sealed.hash.clone()),
        pruned_seq: Set(head.pruned.seq),
        pruned_hash: Set(head.pruned.hash.clone()),
        exported_seq: Set(head.exported),
        key_id: Set(head.key_id.clone()),
        mac: Set(head.mac.clone()),
        ..audit_chain::ActiveModel::default()
    }
}

fn into_head(model: audit_chain::Model) -> ChainHead {
    ChainHead {
        sealed: ChainPoint {
            seq: model.sealed_seq,
            hash: model.sealed_hash,
        },
        pruned: ChainPoint {
            seq: model.pruned_seq,
            hash: model.pruned_hash,
        },
        exported: model.exported_seq,
        key_id: model.key_id,
        mac: model.mac,
    }
}

fn into_record(model: Model) -> AuditRecord {
    AuditRecord {
        id: AuditEventId(model.id),
        at: model.at,
        kind: model.kind,
        actor_id: model.actor_id,
        api_key_id: model.api_key_id,
        subject_id: model.subject_id,
        personal: PersonalPart {
            ip: model.ip,
            user_agent: model.user_agent,
            request_id: model.request_id,
            detail: model.detail,
        },
        erased: model.erased_at.is_some(),
        seal: model.seq.map(|seq| Seal {
            seq,
            salt: model.salt,
            commitment: model.commitment.unwrap_or_default(),
            hash: model.hash.unwrap_or_default(),
        }),
    }
}
