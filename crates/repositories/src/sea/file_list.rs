//! Lists of files by key.

use mainstay_domain::{BucketId, File, FileEntry, FileQuery, Page, UserId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    entity::files::{Column, Entity},
    files::into_file,
};
use crate::{Result, file_walk::FileWalk};

/// A page: one statement, and one more for every folder on it, which is skipped, not read.
pub(super) async fn list<C: ConnectionTrait>(
    conn: &C,
    bucket: BucketId,
    query: &FileQuery,
) -> Result<Page<FileEntry>> {
    let mut walk = FileWalk::new(query);
    while let Some((from, count)) = walk.wanted() {
        let from = from.to_vec();
        let files = range(conn, (bucket, query), &from, count).await?;
        walk.take(files);
    }
    Ok(walk.page())
}

/// Up to `count` files from `from` on, to the end of the prefix.
async fn range<C: ConnectionTrait>(
    conn: &C,
    (bucket, query): (BucketId, &FileQuery),
    from: &[u8],
    count: u64,
) -> Result<Vec<File>> {
    let end = query.prefix.successor();
    let owner = query.owner.map(UserId::uuid);
    let rows = Entity::find()
        .filter(Column::BucketId.eq(bucket.uuid()))
        .filter(Column::Key.gte(from))
        .filter(
            Condition::all()
                .add_option(end.map(|end| Column::Key.lt(end)))
                .add_option(owner.map(|owner| Column::Owner.eq(owner))),
        )
        .order_by_asc(Column::Key)
        .limit(count)
        .all(conn)
        .await?;
    rows.into_iter().map(into_file).collect()
}
