//! `GET /users/me/export`.

use std::{collections::BTreeMap, sync::Arc, vec};

use actix_web::{
    Error, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, HeaderValue},
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _};
use mainstay_domain::{Position, UserId};
use mainstay_services::privacy::{ExportPage, PrivacyService};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{ApiError, Problem},
    extract::{Caller, RequestOrigin},
    now::now,
};

/// Everything that is held about a person.
#[derive(Serialize, ToSchema)]
#[schema(as = UserExport)]
#[allow(
    dead_code,
    reason = "the document is written piece by piece; this describes it"
)]
pub(super) struct ExportBody {
    /// When it was put together.
    exported_at: DateTime<Utc>,
    /// Whom it is about.
    user_id: Uuid,
    /// What is held, kind by kind: `profile`, `passwords` (when they were set, not what they
    /// are), `sessions`, `audit_events` (what happened to the account), `actions` (what its
    /// owner did to others), and whatever else this server keeps.
    sections: BTreeMap<String, Vec<Value>>,
}

/// Export own data
///
/// Everything that is held about the caller, as one JSON document to be saved. It holds no
/// secrets: no password, token or key. Throttled; noted in the audit log.
#[utoipa::path(
    operation_id = "export_me",
    tag = "me",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What is held.", body = ExportBody, headers(("Content-Disposition" = String, description = "Names a file to save it as."))),
        (status = 429, description = "TOO_MANY_REQUESTS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/me/export")]
pub(super) async fn export_me(
    privacy: Data<PrivacyService>,
    caller: Caller,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let sections = privacy.begin_export(&caller, &origin.0).await?;
    let mut writer = Writer::new(privacy.into_inner(), caller.user.id, sections);
    // The first part before the head: a database that is away is a 503, not half a file.
    let first = writer.next().await?.unwrap_or_default();
    let rest = stream::try_unfold(writer, |mut writer| async move {
        let part = writer.next().await.map_err(Error::from)?;
        Ok::<_, Error>(part.map(|part| (part, writer)))
    });
    let body = stream::iter([Ok(first)]).chain(rest);
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"my-data.json\""),
        ))
        .streaming(body))
}

/// Writes the document page by page, so that memory does not grow with what is held.
struct Writer {
    privacy: Arc<PrivacyService>,
    user: UserId,
    sections: vec::IntoIter<&'static str>,
    /// The section that is open, where it goes on, and whether it has items yet.
    open: Option<(&'static str, Option<Position>, bool)>,
    begun: bool,
    ended: bool,
}

impl Writer {
    fn new(privacy: Arc<PrivacyService>, user: UserId, sections: Vec<&'static str>) -> Self {
        Self {
            privacy,
            user,
            sections: sections.into_iter(),
            open: None,
            begun: false,
            ended: false,
        }
    }

    /// The next octets; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        if self.ended {
            return Ok(None);
        }
        let mut text = String::new();
        let (section, after, mut filled) = match self.open.take() {
            Some(open) => open,
            None => match self.sections.next() {
                Some(section) => {
                    text.push_str(&self.heading(section));
                    (section, None, false)
                }
                None => {
                    self.ended = true;
                    return Ok(Some(Bytes::from_static(b"}}\n")));
                }
            },
        };
        let ExportPage { items, next, .. } = self.privacy.export_page(self.user, section, after).await?;
        for item in items {
            if filled {
                text.push(',');
            }
            text.push_str(&item.to_string());
            filled = true;
        }
        match next {
            Some(next) => self.open = Some((section, Some(next), filled)),
            None => text.push(']'),
        }
        Ok(Some(Bytes::from(text)))
    }

    fn heading(&mut self, section: &str) -> String {
        let name = Value::from(section);
        if std::mem::replace(&mut self.begun, true) {
            return format!(",{name}:[");
        }
        let (at, user) = (Value::from(now().to_rfc3339()), self.user);
        format!(r#"{{"exported_at":{at},"user_id":"{user}","sections":{{{name}:["#)
    }
}
