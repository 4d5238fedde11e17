//! Deletions of many files, on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    ApiKeyId, BucketId, DeletionStatus, FileDeletion, FileDeletionId, KeyPrefix, ObjectKey, Page,
    PageRequest, Timestamp, UserId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter,
    QuerySelect, prelude::Uuid, sea_query::Expr,
};

use super::{
    Sea, SeaConnection,
    convert::{Row, ip_text, micros},
    entity::{
        file_deletions::{ActiveModel, Column, Entity, Model},
        users,
    },
    query::purge,
    whole::keep,
};
use crate::{FileDeletionRepository, RepositoryError, Result, constraint};

#[async_trait]
impl<C: SeaConnection> FileDeletionRepository for Sea<C> {
    async fn insert(&self, deletion: &FileDeletion, most: u32) -> Result<bool> {
        self.write("db.file_deletions.insert", async {
            let whole = self.conn().whole().await?;
            let room = has_room(&whole, deletion.owner, most).await?;
            if room {
                Entity::insert(row_of(deletion))
                    .exec_without_returning(&whole)
                    .await?;
            }
            keep(whole).await?;
            Ok(room)
        })
        .await
    }

    async fn find(&self, id: FileDeletionId) -> Result<Option<FileDeletion>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.find_row("db.file_deletions.find", select).await?;
        row.map(into_deletion).transpose()
    }

    async fn list(
        &self,
        owner: UserId,
        bucket: Option<BucketId>,
        page: &PageRequest,
    ) -> Result<Page<FileDeletion>> {
        let bucket = bucket.map(|bucket| Column::BucketId.eq(bucket.uuid()));
        let own = Entity::find()
            .filter(Column::Owner.eq(owner.uuid()))
            .filter(Condition::all().add_option(bucket));
        let columns = (Column::CreatedAt, Column::Id, Order::Desc);
        let rows = self
            .page_rows("db.file_deletions.list", own, columns, page)
            .await?;
        rows.try_map(into_deletion)
    }

    async fn advance<'a>(
        &self,
        seen: &FileDeletion,
        (deleted, reached): (i64, Option<&'a ObjectKey>),
        now: Timestamp,
    ) -> Result<bool> {
        let reached = reached.map(|key| key.as_str().as_bytes().to_vec());
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(DeletionStatus::Running.as_str()))
            .col_expr(Column::Deleted, Expr::col(Column::Deleted).add(deleted))
            .col_expr(Column::Reached, Expr::value(reached))
            .col_expr(Column::Step, Expr::col(Column::Step).add(1))
            .col_expr(Column::MovedAt, Expr::value(micros(now)))
            .filter(Column::Id.eq(seen.id.uuid()))
            .filter(Column::Step.eq(seen.step))
            .filter(under_way());
        self.update_row("db.file_deletions.advance", update).await
    }

    async fn end(&self, id: FileDeletionId, status: DeletionStatus, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(status.as_str()))
            .col_expr(Column::FinishedAt, Expr::value(micros(now)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(under_way());
        self.update_row("db.file_deletions.end", update).await
    }

    async fn fail_stalled(&self, before: Timestamp, now: Timestamp) -> Result<u64> {
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(DeletionStatus::Failed.as_str()))
            .col_expr(Column::FinishedAt, Expr::value(micros(now)))
            .filter(Column::MovedAt.lt(micros(before)))
            .filter(under_way());
        self.write("db.file_deletions.fail_stalled", async {
            Ok(update.exec(self.conn()).await?.rows_affected)
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let ended = Condition::all().add(Column::FinishedAt.lt(micros(before)));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, ended, limit);
        self.write("db.file_deletions.purge", work).await
    }
}

/// Whether the owner has fewer deletions under way than `most`; as with uploads, whoever asks holds
/// the owner's row until the end of the transaction.
async fn has_room<C: ConnectionTrait>(whole: &C, owner: UserId, most: u32) -> Result<bool> {
    let user = users::Entity::find_by_id(owner.uuid())
        .lock_exclusive()
        .one(whole)
        .await?;
    if user.is_none() {
        return Err(RepositoryError::Conflict {
            constraint: constraint::REFERENCE.to_owned(),
        });
    }
    let others = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Owner.eq(owner.uuid()))
        .filter(under_way())
        .into_tuple::<Uuid>()
        .all(whole)
        .await?;
    Ok(others.len() < most as usize)
}

fn under_way() -> Condition {
    let names = DeletionStatus::UNDER_WAY.map(DeletionStatus::as_str);
    Condition::all().add(Column::Status.is_in(names))
}

fn row_of(deletion: &FileDeletion) -> ActiveModel {
    ActiveModel {
        id: Set(deletion.id.uuid()),
        bucket_id: Set(deletion.bucket_id.uuid()),
        prefix: Set(deletion.prefix.as_str().as_bytes().to_vec()),
        owner: Set(deletion.owner.uuid()),
        api_key_id: Set(deletion.api_key_id.map(ApiKeyId::uuid)),
        everybody: Set(deletion.everybody),
        ip: Set(ip_text(&deletion.origin)),
        user_agent: Set(deletion.origin.user_agent.clone()),
        request_id: Set(deletion.origin.request_id.clone()),
        status: Set(deletion.status.as_str().to_owned()),
        deleted: Set(deletion.deleted),
        total: Set(deletion.total),
        reached: Set(deletion
            .reached
            .as_ref()
            .map(|key| key.as_str().as_bytes().to_vec())),
        step: Set(deletion.step),
        created_at: Set(micros(deletion.created_at)),
        moved_at: Set(micros(deletion.moved_at)),
        finished_at: Set(deletion.finished_at.map(micros)),
    }
}

fn into_deletion(model: Model) -> Result<FileDeletion> {
    let row = Row::of("file_deletions", model.id);
    let prefix = row.value(String::from_utf8(model.prefix))?;
    let reached = row.optional(model.reached, String::from_utf8)?;
    Ok(FileDeletion {
        id: FileDeletionId(model.id),
        bucket_id: BucketId(model.bucket_id),
        prefix: row.value(KeyPrefix::parse(&prefix))?,
        owner: UserId(model.owner),
        api_key_id: model.api_key_id.map(ApiKeyId),
        everybody: model.everybody,
        origin: row.origin(model.ip, model.user_agent, model.request_id)?,
        status: DeletionStatus::from_name(&model.status).ok_or_else(|| row.corrupt())?,
        deleted: model.deleted,
        total: model.total,
        reached: row.optional(reached, |key| ObjectKey::parse(&key))?,
        step: model.step,
        created_at: row.time(model.created_at)?,
        moved_at: row.time(model.moved_at)?,
        finished_at: row.optional_time(model.finished_at)?,
    })
}
