//! API keys on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    ApiKey, ApiKeyId, ApiKeyName, Page, PageRequest, Permission, PermissionSet, Position, SortValue,
    Timestamp, User, UserId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult,
    QuerySelect, Statement, prelude::Uuid, sea_query::Expr,
};

use super::{
    Sea, SeaConnection,
    convert::{Row, micros},
    entity::{
        api_keys::{ActiveModel, Column, Entity, Model},
        users,
    },
    query::{dialect, paged, purge, total},
    users::{into_user, read_user, user_columns},
    whole::keep,
};
use crate::{ApiKeyRepository, RepositoryError, Result, constraint};

/// How many columns of the key come before the user's.
const KEY_WIDTH: usize = 9;

/// Every request with a key that is not remembered runs this one.
macro_rules! find_with_user {
    ($parameter:literal) => {
        concat!(
            "SELECT k.id, k.user_id, k.name, k.hash, k.scopes, k.rate_limit, k.created_at, k.last_used_at, \
             k.expires_at, ",
            user_columns!(),
            " FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.id = ",
            $parameter
        )
    };
}

#[async_trait]
impl<C: SeaConnection> ApiKeyRepository for Sea<C> {
    async fn insert(&self, key: &ApiKey, most: u32) -> Result<bool> {
        self.write("db.api_keys.insert", async {
            let whole = self.conn().whole().await?;
            let room = has_room(&whole, key.user_id, most).await?;
            if room {
                Entity::insert(row_of(key)).exec_without_returning(&whole).await?;
            }
            keep(whole).await?;
            Ok(room)
        })
        .await
    }

    async fn find(&self, user_id: UserId, id: ApiKeyId) -> Result<Option<ApiKey>> {
        self.run("db.api_keys.find", async {
            let row = Entity::find().filter(own(user_id, id)).one(self.conn()).await?;
            row.map(into_key).transpose()
        })
        .await
    }

    async fn find_with_user(&self, id: ApiKeyId) -> Result<Option<(ApiKey, User)>> {
        self.run("db.api_keys.find_with_user", find_with_user(self.conn(), id))
            .await
    }

    async fn list(&self, user_id: UserId, page: &PageRequest) -> Result<Page<ApiKey>> {
        let listed = Entity::find().filter(Column::UserId.eq(user_id.uuid()));
        self.run("db.api_keys.list", async {
            let select = paged(listed.clone(), (Column::CreatedAt, Column::Id), true, page);
            let rows = select.all(self.conn()).await?;
            let keys = rows.into_iter().map(into_key).collect::<Result<Vec<_>>>()?;
            Ok(Page {
                total: total(self.conn(), page, listed).await?,
                ..Page::from_rows(keys, page.limit, position)
            })
        })
        .await
    }

    async fn rename(&self, user_id: UserId, id: ApiKeyId, name: &ApiKeyName) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Name, Expr::value(name.as_str()))
            .filter(own(user_id, id));
        self.update_row("db.api_keys.rename", update).await
    }

    async fn note_use(&self, id: ApiKeyId, at: Timestamp) -> Result<()> {
        let earlier = Condition::any()
            .add(Column::LastUsedAt.is_null())
            .add(Column::LastUsedAt.lt(micros(at)));
        let update = Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(micros(at)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(earlier);
        self.update_row("db.api_keys.note_use", update).await?;
        Ok(())
    }

    async fn delete(&self, user_id: UserId, id: ApiKeyId) -> Result<bool> {
        let delete = Entity::delete_many().filter(own(user_id, id));
        self.delete_row("db.api_keys.delete", delete).await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.write("db.api_keys.delete_all", async {
            let deleted = Entity::delete_many()
                .filter(Column::UserId.eq(user_id.uuid()))
                .exec(self.conn())
                .await?;
            Ok(deleted.rows_affected)
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let expired = Condition::all().add(Column::ExpiresAt.lt(micros(before)));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, expired, limit);
        self.write("db.api_keys.purge", work).await
    }
}

/// Whether the user has fewer keys than `most`. Whoever asks holds the user's row until the end
/// of the transaction, so that two who ask at once do not get the same answer. The keys are read
/// without a lock: every statement sees what was committed before it (READ COMMITTED), and a lock on
/// them would be taken in another order by whoever changes one.
async fn has_room<C: ConnectionTrait>(whole: &C, user_id: UserId, most: u32) -> Result<bool> {
    let owner = users::Entity::find_by_id(user_id.uuid())
        .lock_exclusive()
        .one(whole)
        .await?;
    if owner.is_none() {
        return Err(RepositoryError::Conflict {
            constraint: constraint::REFERENCE.to_owned(),
        });
    }
    let keys = Entity::find()
        .filter(Column::UserId.eq(user_id.uuid()))
        .all(whole)
        .await?;
    Ok(keys.len() < most as usize)
}

async fn find_with_user<C: ConnectionTrait>(conn: &C, id: ApiKeyId) -> Result<Option<(ApiKey, User)>> {
    let backend = conn.get_database_backend();
    let sql = dialect(backend, find_with_user!("$1"), find_with_user!("?"));
    let statement = Statement::from_sql_and_values(backend, sql, [id.uuid().into()]);
    let Some(row) = conn.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let user = into_user(read_user(&row, KEY_WIDTH)?)?;
    Ok(Some((into_key(read_key(&row)?)?, user)))
}

fn own(user_id: UserId, id: ApiKeyId) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id.uuid()))
        .add(Column::UserId.eq(user_id.uuid()))
}

fn position(key: &ApiKey) -> Position {
    Position {
        value: SortValue::Micros(micros(key.created_at)),
        id: key.id.uuid(),
    }
}

fn row_of(key: &ApiKey) -> ActiveModel {
    let scopes: Vec<&str> = key.scopes.iter().map(Permission::as_str).collect();
    ActiveModel {
        id: Set(key.id.uuid()),
        user_id: Set(key.user_id.uuid()),
        name: Set(key.name.as_str().to_owned()),
        hash: Set(key.hash.0.to_vec()),
        scopes: Set(scopes.join(" ")),
        rate_limit: Set(key.rate_limit),
        created_at: Set(micros(key.created_at)),
        last_used_at: Set(key.last_used_at.map(micros)),
        expires_at: Set(key.expires_at.map(micros)),
    }
}

fn read_key(row: &QueryResult) -> std::result::Result<Model, DbErr> {
    Ok(Model {
        id: row.try_get_by_index::<Uuid>(0)?,
        user_id: row.try_get_by_index(1)?,
        name: row.try_get_by_index(2)?,
        hash: row.try_get_by_index(3)?,
        scopes: row.try_get_by_index(4)?,
        rate_limit: row.try_get_by_index(5)?,
        created_at: row.try_get_by_index(6)?,
        last_used_at: row.try_get_by_index(7)?,
        expires_at: row.try_get_by_index(8)?,
    })
}

fn into_key(model: Model) -> Result<ApiKey> {
    let row = Row {
        table: "api_keys",
        id: model.id,
    };
    let scopes = model.scopes.split(' ').filter(|scope| !scope.is_empty());
    let scopes = scopes
        .map(Permission::parse)
        .collect::<std::result::Result<PermissionSet, _>>();
    Ok(ApiKey {
        id: ApiKeyId(model.id),
        user_id: UserId(model.user_id),
        name: row.value(ApiKeyName::parse(&model.name))?,
        hash: row.hash(model.hash)?,
        scopes: row.value(scopes)?,
        rate_limit: model.rate_limit,
        created_at: row.time(model.created_at)?,
        last_used_at: row.optional_time(model.last_used_at)?,
        expires_at: row.optional_time(model.expires_at)?,
    })
}
