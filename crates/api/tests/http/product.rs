//! Routes of a product that builds on the API.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::{HttpResponse, delete, get, patch, post, web::Bytes};
use mainstay_api::{
    error::{ApiError, ErrorCode},
    extract::{
        AnyCaller, Caller, ETag, IdPath, Idempotent, IfMatch, IfNoneMatch, ListQuery, Patch, RequestOrigin,
        Require, UsersRead, ValidJson,
    },
};
use mainstay_domain::{Origin, Page, Position, SortValue, UserId};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Notify;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

const NOTE_LOCKED: ErrorCode =
    ErrorCode::new("NOTE_LOCKED", 423, "Note locked", "Somebody is editing the note.");

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    #[validate(length(min = 1, max = 10))]
    title: String,
    #[serde(default)]
    #[validate(length(min = 8, max = 20))]
    secret: Option<String>,
    #[serde(default)]
    #[validate(nested)]
    lines: Vec<Line>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Line {
    #[validate(range(min = 1, max = 3))]
    indent: u32,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotePatch {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    title: Patch<String>,
}

#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
struct NoteFilter {
    tag: Option<String>,
    pinned: Option<bool>,
}

/// List notes
#[utoipa::path(params(NoteFilter), responses((status = 200)))]
#[get("/notes")]
async fn list_notes(list: ListQuery<NoteFilter>) -> HttpResponse {
    let position = |id: u128| Position {
        value: SortValue::Text(format!("{:?}{:?}", list.filter.tag, list.filter.pinned)),
        id: Uuid::from_u128(id),
    };
    let begin = list.page.after.as_ref().map_or(0, |after| after.id.as_u128());
    let rows = (begin + 1..=5).take(list.page.limit as usize + 1).collect();
    let page = Page::from_rows(rows, list.page.limit, |id| position(*id));
    list.respond(page, |id| json!({ "id": id as u64 }))
}

/// List other things
#[utoipa::path(responses((status = 200)))]
#[get("/others")]
async fn list_others(list: ListQuery<NoteFilter>) -> HttpResponse {
    list.respond(
        Page {
            items: Vec::<u8>::new(),
            next: None,
            total: Some(0),
        },
        |id| id,
    )
}

static CREATED: AtomicU32 = AtomicU32::new(0);
/// Lets the one note go that is called "slow".
pub static SLOW_MAY_GO: Notify = Notify::const_new();

/// Create a note
#[utoipa::path(request_body = NewNote, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201)))]
#[post("/notes")]
async fn create_note(idempotent: Idempotent, note: ValidJson<NewNote>) -> Result<HttpResponse, ApiError> {
    let work = async move {
        match note.0.title.as_str() {
            "locked" => Err(ApiError::new(NOTE_LOCKED)),
            "slow" => {
                SLOW_MAY_GO.notified().await;
                Ok(created(&note.0))
            }
            "broken" => {
                CREATED.fetch_add(1, Ordering::SeqCst);
                Err(ApiError::new(ErrorCode::UNAVAILABLE).detail(CREATED.load(Ordering::SeqCst).to_string()))
            }
            _ => Ok(created(&note.0)),
        }
    };
    idempotent.run(work).await
}

fn created(note: &NewNote) -> HttpResponse {
    let id = CREATED.fetch_add(1, Ordering::SeqCst);
    let body = json!({ "id": id, "title": note.title, "lines": note.lines.iter().map(|l| l.indent).collect::<Vec<_>>(), "secret": note.secret.is_some() });
    ETag::of(id, 1).created(&format!("/notes/{id}"), &body)
}

/// Change a note
#[utoipa::path(responses((status = 200)))]
#[patch("/notes/{id}")]
async fn patch_note(
    id: IdPath<UserId>,
    condition: IfMatch,
    note: ValidJson<NotePatch>,
) -> Result<HttpResponse, ApiError> {
    let tag = ETag::of(id.0, 3);
    condition.check(&tag)?;
    let seen = condition.version_of(id.0)?;
    let change = note.0.title.into_change();
    Ok(tag.ok(&json!({ "seen": seen, "change": format!("{change:?}") })))
}

/// Get a note
#[utoipa::path(responses((status = 200)))]
#[get("/notes/{id}")]
async fn get_note(id: IdPath<UserId>, condition: IfNoneMatch) -> HttpResponse {
    condition.answer(&ETag::of(id.0, 3), || json!({ "id": id.0.to_string() }))
}

/// Delete a note
#[utoipa::path(security(("bearer" = [])), responses((status = 204, description = "Gone")))]
#[delete("/notes/{id}")]
async fn delete_note(caller: Require<UsersRead>) -> HttpResponse {
    HttpResponse::Ok().body(caller.user.id.to_string())
}

/// Tell who calls
#[utoipa::path(security(("bearer" = [])), responses((status = 200)))]
#[get("/who")]
async fn who(caller: Caller, origin: RequestOrigin) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "id": caller.user.id.to_string(), "ip": origin.0.ip }))
}

/// Tell who or what calls
#[utoipa::path(security(("bearer" = [])), responses((status = 200)))]
#[get("/whoever")]
async fn whoever(caller: AnyCaller) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "id": caller.user.id.to_string() }))
}

/// Tell where the request came from
#[utoipa::path(responses((status = 200)))]
#[get("/origin")]
async fn where_from(origin: RequestOrigin) -> HttpResponse {
    let Origin {
        ip,
        user_agent,
        request_id,
    } = origin.0;
    HttpResponse::Ok().json(json!({ "ip": ip, "user_agent": user_agent, "request_id": request_id }))
}

/// Panic
#[utoipa::path(responses((status = 200)))]
#[get("/panic")]
async fn break_down() -> HttpResponse {
    panic!("secret inside")
}

/// Take too long
#[utoipa::path(responses((status = 200)))]
#[get("/slow")]
async fn slow() -> HttpResponse {
    std::future::pending().await
}

/// Answer as actix itself would
#[utoipa::path(responses((status = 200)))]
#[post("/foreign")]
async fn foreign(_: Bytes) -> Result<HttpResponse, actix_web::Error> {
    Err(actix_web::error::ErrorNotAcceptable("select * from users"))
}

/// Answer with much text
#[utoipa::path(responses((status = 200)))]
#[get("/large")]
async fn large() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain")
        .body("mainstay ".repeat(1000))
}

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_notes)
        .service(list_others)
        .service(create_note)
        .service(patch_note)
        .service(get_note)
        .service(delete_note)
        .service(who)
        .service(whoever)
        .service(where_from)
        .service(break_down)
        .service(slow)
        .service(foreign)
        .service(large);
}
