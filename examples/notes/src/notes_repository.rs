//! Where notes are kept: the port, and SeaORM behind it.

use async_trait::async_trait;
use mainstay_domain::{Page, PageRequest, UserId};
use mainstay_repositories::{
    Result as Stored,
    sea::{Row, Sea, SeaConnection, SeaStore, micros},
};
use sea_orm::{
    ActiveValue::Set, Condition, ExprTrait, IntoActiveModel, Order, QueryFilter, entity::prelude::*,
};

use crate::note::{Body, Note, NoteId, Title};

/// Notes.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait NoteRepository: Send + Sync {
    /// Adds a note.
    async fn insert(&self, note: &Note) -> Stored<()>;
    /// The note with this id, whosever it is.
    async fn find(&self, id: NoteId) -> Stored<Option<Note>>;
    /// A page of `owner`'s notes, or of everybody's, newest first.
    async fn list(&self, owner: Option<UserId>, page: &PageRequest) -> Stored<Page<Note>>;
    /// Writes what can change and counts the version up, if it still is `note.version`.
    async fn update(&self, note: &Note) -> Stored<bool>;
    /// Removes the note, if its version still is `note.version`.
    async fn delete(&self, note: &Note) -> Stored<bool>;
}

/// Reaches the notes, over the pool or in a unit of work: after `store.begin_sea().await?`,
/// what happens to `unit.notes()` and to `unit.users()` is kept or lost together.
pub trait NoteStore: Send + Sync {
    fn notes(&self) -> &dyn NoteRepository;
}

impl<C: SeaConnection> NoteStore for Sea<C> {
    fn notes(&self) -> &dyn NoteRepository {
        self
    }
}

impl NoteStore for SeaStore {
    fn notes(&self) -> &dyn NoteRepository {
        self.pool()
    }
}

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    owner: Uuid,
    title: String,
    body: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[async_trait]
impl<C: SeaConnection> NoteRepository for Sea<C> {
    async fn insert(&self, note: &Note) -> Stored<()> {
        self.insert_row("db.notes.insert", row_of(note)).await
    }

    async fn find(&self, id: NoteId) -> Stored<Option<Note>> {
        self.run("db.notes.find", async {
            let row = Entity::find_by_id(id.uuid()).one(self.conn()).await?;
            row.map(into_note).transpose()
        })
        .await
    }

    async fn list(&self, owner: Option<UserId>, page: &PageRequest) -> Stored<Page<Note>> {
        let owned = owner.map(|owner| Column::Owner.eq(owner.uuid()));
        let listed = Entity::find().filter(Condition::all().add_option(owned));
        let newest = (Column::CreatedAt, Column::Id, Order::Desc);
        let rows = self.page_rows("db.notes.list", listed, newest, page).await?;
        rows.try_map(into_note)
    }

    async fn update(&self, note: &Note) -> Stored<bool> {
        let mut row = row_of(note);
        row.version = Set(note.version + 1);
        let update = Entity::update_many().set(row).filter(same_version(note));
        self.update_row("db.notes.update", update).await
    }

    async fn delete(&self, note: &Note) -> Stored<bool> {
        let delete = Entity::delete_many().filter(same_version(note));
        self.delete_row("db.notes.delete", delete).await
    }
}

fn same_version(note: &Note) -> Expr {
    Column::Id
        .eq(note.id.uuid())
        .and(Column::Version.eq(note.version))
}

fn row_of(note: &Note) -> ActiveModel {
    let row = Model {
        id: note.id.uuid(),
        owner: note.owner.uuid(),
        title: note.title.to_string(),
        body: note.body.to_string(),
        version: note.version,
        created_at: micros(note.created_at),
        updated_at: micros(note.updated_at),
    };
    row.into_active_model().reset_all()
}

fn into_note(row: Model) -> Stored<Note> {
    let (table, id) = ("notes", row.id);
    let check = Row { table, id };
    Ok(Note {
        id: NoteId(id),
        owner: UserId(row.owner),
        title: check.value(Title::parse(&row.title))?,
        body: check.value(Body::parse(&row.body))?,
        version: row.version,
        created_at: check.time(row.created_at)?,
        updated_at: check.time(row.updated_at)?,
    })
}
