//! Login sessions on SeaORM.

use async_trait::async_trait;
use mainstay_domain::{
    AuthMethods, Page, PageRequest, Position, RevocationReason, Rotation, Session, SessionId, SortValue,
    Timestamp, User, UserId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryResult, Statement, UpdateMany, prelude::Uuid, sea_query::Expr,
};

use super::{
    Sea,
    convert::{Row, ip_text, micros},
    entity::sessions::{ActiveModel, Column, Entity, Model},
    query::{dialect, paged, purge, total},
    users::{into_user, read_user, user_columns},
};
use crate::{Result, SessionRepository};

/// How many columns of the session come before the user's.
const SESSION_WIDTH: usize = 16;

/// Every authenticated request runs this one, so its text is made at compile time.
macro_rules! find_with_user {
    ($parameter:literal) => {
        concat!(
            "SELECT s.id, s.user_id, s.generation, s.token_hash, s.salt, s.ip, s.user_agent, s.request_id, \
             s.created_at, s.last_used_at, s.idle_expires_at, s.absolute_expires_at, s.revoked_at, \
             s.revoked_reason, s.authenticated_at, s.methods, ",
            user_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ",
            $parameter
        )
    };
}

#[async_trait]
impl<C: ConnectionTrait + Send + Sync> SessionRepository for Sea<C> {
    async fn insert(&self, session: &Session) -> Result<()> {
        self.write("db.sessions.insert", async {
            Entity::insert(new_row(session))
                .exec_without_returning(self.conn())
                .await?;
            Ok(())
        })
        .await
    }

    async fn find(&self, id: SessionId) -> Result<Option<Session>> {
        self.run("db.sessions.find", async {
            let row = Entity::find_by_id(id.uuid()).one(self.conn()).await?;
            row.map(into_session).transpose()
        })
        .await
    }

    async fn find_with_user(&self, id: SessionId) -> Result<Option<(Session, User)>> {
        self.run("db.sessions.find_with_user", find_with_user(self.conn(), id))
            .await
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<bool> {
        self.write("db.sessions.rotate", async {
            let rotated = rotated(rotation).exec(self.conn()).await?;
            Ok(rotated.rows_affected == 1)
        })
        .await
    }

    async fn reauthenticate(&self, id: SessionId, methods: AuthMethods, now: Timestamp) -> Result<bool> {
        self.write("db.sessions.reauthenticate", async {
            let renewed = Entity::update_many()
                .col_expr(Column::AuthenticatedAt, Expr::value(micros(now)))
                .col_expr(Column::Methods, Expr::value(methods.to_string()))
                .filter(Column::Id.eq(id.uuid()))
                .filter(alive(now))
                .exec(self.conn())
                .await?;
            Ok(renewed.rows_affected == 1)
        })
        .await
    }

    async fn revoke(&self, id: SessionId, reason: RevocationReason, now: Timestamp) -> Result<bool> {
        self.write("db.sessions.revoke", async {
            let revoked = revoked(reason, now)
                .filter(Column::Id.eq(id.uuid()))
                .exec(self.conn())
                .await?;
            Ok(revoked.rows_affected == 1)
        })
        .await
    }

    async fn revoke_all(
        &self,
        user_id: UserId,
        except: Option<SessionId>,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<u64> {
        let others = except.map(|id| Column::Id.ne(id.uuid()));
        self.write("db.sessions.revoke_all", async {
            let revoked = revoked(reason, now)
                .filter(Column::UserId.eq(user_id.uuid()))
                .filter(Condition::all().add_option(others))
                .exec(self.conn())
                .await?;
            Ok(revoked.rows_affected)
        })
        .await
    }

    async fn list_alive(&self, user_id: UserId, now: Timestamp, page: &PageRequest) -> Result<Page<Session>> {
        let listed = Entity::find()
            .filter(Column::UserId.eq(user_id.uuid()))
            .filter(alive(now));
        self.run("db.sessions.list_alive", async {
            let select = paged(listed.clone(), (Column::CreatedAt, Column::Id), true, page);
            let rows = select.all(self.conn()).await?;
            let sessions = rows.into_iter().map(into_session).collect::<Result<Vec<_>>>()?;
            Ok(Page {
                total: total(self.conn(), page, listed).await?,
                ..Page::from_rows(sessions, page.limit, position)
            })
        })
        .await
    }

    async fn list_all(&self, user_id: UserId, page: &PageRequest) -> Result<Page<Session>> {
        let listed = Entity::find().filter(Column::UserId.eq(user_id.uuid()));
        self.run("db.sessions.list_all", async {
            let select = paged(listed, (Column::CreatedAt, Column::Id), true, page);
            let rows = select.all(self.conn()).await?;
            let sessions = rows.into_iter().map(into_session).collect::<Result<Vec<_>>>()?;
            Ok(Page::from_rows(sessions, page.limit, position))
        })
        .await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let before = micros(before);
        let stale = Condition::any()
            .add(Column::IdleExpiresAt.lt(before))
            .add(Column::AbsoluteExpiresAt.lt(before))
            .add(Column::RevokedAt.lt(before));
        let work = purge::<Uuid, _, Entity>(self.conn(), Column::Id, stale, limit);
        self.write("db.sessions.purge", work).await
    }
}

async fn find_with_user<C: ConnectionTrait>(conn: &C, id: SessionId) -> Result<Option<(Session, User)>> {
    let backend = conn.get_database_backend();
    let sql = dialect(backend, find_with_user!("$1"), find_with_user!("?"));
    let statement = Statement::from_sql_and_values(backend, sql, [id.uuid().into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.first().map(session_with_user).transpose()
}

fn session_with_user(row: &QueryResult) -> Result<(Session, User)> {
    let user = into_user(read_user(row, SESSION_WIDTH)?)?;
    Ok((into_session(read_session(row)?)?, user))
}

/// The whole of check and act: of any number of callers with one generation, one finds it.
fn rotated(rotation: &Rotation) -> UpdateMany<Entity> {
    let successor = ActiveModel {
        token_hash: Set(rotation.token_hash.0.to_vec()),
        ip: Set(ip_text(&rotation.origin)),
        user_agent: Set(rotation.origin.user_agent.clone()),
        request_id: Set(rotation.origin.request_id.clone()),
        last_used_at: Set(micros(rotation.now)),
        idle_expires_at: Set(micros(rotation.idle_expires_at)),
        ..ActiveModel::default()
    };
    Entity::update_many()
        .set(successor)
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .filter(Column::Id.eq(rotation.session_id.uuid()))
        .filter(Column::Generation.eq(rotation.expected_generation))
        .filter(alive(rotation.now))
}

fn revoked(reason: RevocationReason, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(micros(now)))
        .col_expr(Column::RevokedReason, Expr::value(reason.as_str()))
        .filter(Column::RevokedAt.is_null())
}

fn alive(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::RevokedAt.is_null())
        .add(Column::IdleExpiresAt.gt(micros(now)))
        .add(Column::AbsoluteExpiresAt.gt(micros(now)))
}

fn position(session: &Session) -> Position {
    Position {
        value: SortValue::Micros(micros(session.created_at)),
        id: session.id.uuid(),
    }
}

fn new_row(session: &Session) -> ActiveModel {
    ActiveModel {
        id: Set(session.id.uuid()),
        user_id: Set(session.user_id.uuid()),
        generation: Set(session.generation),
        token_hash: Set(session.token_hash.0.to_vec()),
        salt: Set(session.salt.to_vec()),
        ip: Set(ip_text(&session.origin)),
        user_agent: Set(session.origin.user_agent.clone()),
        request_id: Set(session.origin.request_id.clone()),
        created_at: Set(micros(session.created_at)),
        last_used_at: Set(micros(session.last_used_at)),
        idle_expires_at: Set(micros(session.idle_expires_at)),
        absolute_expires_at: Set(micros(session.absolute_expires_at)),
        revoked_at: Set(session.revoked.map(|(at, _)| micros(at))),
        revoked_reason: Set(session.revoked.map(|(_, reason)| reason.as_str().to_owned())),
        authenticated_at: Set(micros(session.authenticated_at)),
        methods: Set(session.methods.to_string()),
    }
}

fn read_session(row: &QueryResult) -> std::result::Result<Model, DbErr> {
    Ok(Model {
        id: row.try_get_by_index(0)?,
        user_id: row.try_get_by_index(1)?,
        generation: row.try_get_by_index(2)?,
        token_hash: row.try_get_by_index(3)?,
        salt: row.try_get_by_index(4)?,
        ip: row.try_get_by_index(5)?,
        user_agent: row.try_get_by_index(6)?,
        request_id: row.try_get_by_index(7)?,
        created_at: row.try_get_by_index(8)?,
        last_used_at: row.try_get_by_index(9)?,
        idle_expires_at: row.try_get_by_index(10)?,
        absolute_expires_at: row.try_get_by_index(11)?,
        revoked_at: row.try_get_by_index(12)?,
        revoked_reason: row.try_get_by_index(13)?,
        authenticated_at: row.try_get_by_index(14)?,
        methods: row.try_get_by_index(15)?,
    })
}

fn into_session(model: Model) -> Result<Session> {
    let row = Row {
        table: "sessions",
        id: model.id,
    };
    let revoked_at = row.optional_time(model.revoked_at)?;
    let reason = row.optional(model.revoked_reason, |reason| reason.parse::<RevocationReason>())?;
    let revoked = match (revoked_at, reason) {
        (None, None) => None,
        (Some(at), Some(reason)) => Some((at, reason)),
        _ => return Err(row.corrupt()),
    };
    Ok(Session {
        id: SessionId(model.id),
        user_id: UserId(model.user_id),
        generation: model.generation,
        token_hash: row.hash(model.token_hash)?,
        salt: row.octets(model.salt)?,
        origin: row.origin(model.ip, model.user_agent, model.request_id)?,
        created_at: row.time(model.created_at)?,
        last_used_at: row.time(model.last_used_at)?,
        idle_expires_at: row.time(model.idle_expires_at)?,
        absolute_expires_at: row.time(model.absolute_expires_at)?,
        authenticated_at: row.time(model.authenticated_at)?,
        methods: row.value(model.methods.parse::<AuthMethods>())?,
        revoked,
    })
}
