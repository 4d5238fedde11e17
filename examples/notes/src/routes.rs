//! `/api/v1/notes`: one's own notes, and `/api/v1/all-notes`: everybody's.

use std::sync::Arc;

use mainstay_server::prelude::*;

use crate::{
    note::{Body, Note, NoteId, Title},
    note_service::NoteService,
};

permission_marker!(
    /// Asks for `notes:read_all`.
    pub NotesReadAll = Permission::new("notes:read_all")
);

/// Mounts the routes.
pub fn configure(config: &mut ServiceConfig<'_>, context: &Context) {
    let notes = NoteService {
        notes: Arc::new(context.sea.clone()),
        clock: Arc::clone(&context.clock),
        entropy: Arc::clone(&context.entropy),
    };
    config.app_data(Data::new(notes)); // register
    config.service(list_notes).service(create_note); // register
    config.service(get_note).service(update_note); // register
    config.service(delete_note).service(list_all_notes); // register
}

/// A note.
#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
struct NoteBody {
    id: Uuid,
    owner: Uuid,
    #[schema(example = "Groceries")]
    title: String,
    body: String,
    created_at: DateTime<Utc>,
}

impl From<Note> for NoteBody {
    fn from(note: Note) -> Self {
        Self {
            id: note.id.uuid(),
            owner: note.owner.uuid(),
            title: note.title.to_string(),
            body: note.body.to_string(),
            created_at: note.created_at,
        }
    }
}

/// A new note.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateNote {
    #[schema(min_length = 1, max_length = 200, example = "Groceries")]
    title: String,
    #[serde(default)]
    #[schema(required = false, max_length = 10000)]
    body: String,
}

/// Changes to a note. Left-out fields stay.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateNote {
    #[schema(min_length = 1, max_length = 200, example = "Groceries")]
    title: Option<String>,
    #[schema(max_length = 10000)]
    body: Option<String>,
}

type Notes = Data<NoteService>;

fn etag(note: &Note) -> ETag {
    ETag::of(note.id, note.version)
}

/// List one's own notes, newest first
#[utoipa::path(tag = "notes", security(("bearer" = [])), params(PageParams),
    responses((status = 200, description = "A page of notes.", body = ListBody<NoteBody>)))]
#[get("/api/v1/notes")]
async fn list_notes(notes: Notes, caller: Caller, query: ListQuery<NoFilter>) -> Answer {
    let page = notes.list(Some(caller.user.id), &query.page).await?;
    Ok(query.respond(page, NoteBody::from))
}

/// List everybody's notes, newest first
///
/// Needs `notes:read_all`.
#[utoipa::path(tag = "notes", security(("bearer" = [])), params(PageParams),
    responses((status = 200, description = "A page of notes.", body = ListBody<NoteBody>)))]
#[get("/api/v1/all-notes")]
async fn list_all_notes(notes: Notes, _: Require<NotesReadAll>, query: ListQuery<NoFilter>) -> Answer {
    let page = notes.list(None, &query.page).await?;
    Ok(query.respond(page, NoteBody::from))
}

/// Write a note
#[utoipa::path(tag = "notes", security(("bearer" = [])), request_body = CreateNote, params(Idempotent),
    responses((status = 201, description = "The note.", body = NoteBody)))]
#[post("/api/v1/notes")]
async fn create_note(notes: Notes, caller: Caller, once: Idempotent, new: ValidJson<CreateNote>) -> Answer {
    let mut errors = FieldErrors::new();
    let title = errors.check("title", Title::parse(&new.0.title));
    let text = errors.check("body", Body::parse(&new.0.body));
    let (title, text) = errors.all((title, text))?;
    let work = async move {
        let note = notes.create(caller.user.id, title, text).await?;
        let location = format!("/api/v1/notes/{}", note.id);
        Ok(etag(&note).created(&location, &NoteBody::from(note)))
    };
    once.run(work).await
}

/// Read one of one's notes
#[utoipa::path(tag = "notes", security(("bearer" = [])), params(IdPath<NoteId>, IfNoneMatch),
    responses((status = 200, description = "The note.", body = NoteBody), (status = 304, description = "It has not changed.")))]
#[get("/api/v1/notes/{id}")]
async fn get_note(notes: Notes, caller: Caller, id: IdPath<NoteId>, seen: IfNoneMatch) -> Answer {
    let note = notes.get(caller.user.id, id.0).await?;
    Ok(seen.answer(&etag(&note), || NoteBody::from(note)))
}

/// Change one of one's notes
#[utoipa::path(tag = "notes", security(("bearer" = [])), request_body = UpdateNote, params(Seen<NoteId>),
    responses((status = 200, description = "The changed note.", body = NoteBody)))]
#[patch("/api/v1/notes/{id}")]
async fn update_note(notes: Notes, caller: Caller, seen: Seen<NoteId>, new: ValidJson<UpdateNote>) -> Answer {
    let mut errors = FieldErrors::new();
    let title = errors.check_optional("title", new.0.title.as_deref(), Title::parse);
    let text = errors.check_optional("body", new.0.body.as_deref(), Body::parse);
    let changes = errors.all((title, text))?;
    let key = (seen.id, seen.version);
    let note = notes.update(caller.user.id, key, changes).await?;
    Ok(etag(&note).ok(&NoteBody::from(note)))
}

/// Delete one of one's notes
#[utoipa::path(tag = "notes", security(("bearer" = [])), params(Seen<NoteId>),
    responses((status = 204, description = "The note was deleted.")))]
#[delete("/api/v1/notes/{id}")]
async fn delete_note(notes: Notes, caller: Caller, seen: Seen<NoteId>) -> Answer {
    notes.delete(caller.user.id, (seen.id, seen.version)).await?;
    Ok(HttpResponse::NoContent().finish())
}
