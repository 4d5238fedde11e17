//! Where notes are kept: the port, and SeaORM behind it.

use mainstay_repositories::sea::prelude::*;

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

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    owner: Uuid,
    title: String,
    body: String,
    version: i64,
    created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The store is such a repository, and so is a unit of work: after `store.begin_sea().await?`
/// what happens to its notes and to its users is kept or lost together.
#[async_trait]
impl<S: OnSea> NoteRepository for S {
    async fn insert(&self, note: &Note) -> Stored<()> {
        self.sea().insert_row("db.notes.insert", row_of(note)).await
    }

    async fn find(&self, id: NoteId) -> Stored<Option<Note>> {
        let select = Entity::find_by_id(id.uuid());
        let row = self.sea().find_row("db.notes.find", select).await?;
        row.map(into_note).transpose()
    }

    async fn list(&self, owner: Option<UserId>, page: &PageRequest) -> Stored<Page<Note>> {
        let owned = owner.map(|owner| Column::Owner.eq(owner.uuid()));
        let listed = Entity::find().filter(Condition::all().add_option(owned));
        let newest = (Column::CreatedAt, Column::Id, Order::Desc);
        let rows = self.sea().page_rows("db.notes.list", listed, newest, page);
        rows.await?.try_map(into_note)
    }

    async fn update(&self, note: &Note) -> Stored<bool> {
        let mut row = row_of(note);
        row.version = Set(note.version + 1);
        let update = Entity::update_many().set(row).filter(same_version(note));
        self.sea().update_row("db.notes.update", update).await
    }

    async fn delete(&self, note: &Note) -> Stored<bool> {
        let delete = Entity::delete_many().filter(same_version(note));
        self.sea().delete_row("db.notes.delete", delete).await
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
    };
    row.into_active_model().reset_all()
}

fn into_note(row: Model) -> Stored<Note> {
    let check = Row::of("notes", row.id);
    Ok(Note {
        id: NoteId(row.id),
        owner: UserId(row.owner),
        title: check.value(Title::parse(&row.title))?,
        body: check.value(Body::parse(&row.body))?,
        version: row.version,
        created_at: check.time(row.created_at)?,
    })
}
