//! What Mainstay itself holds about a person.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{
    ApiKeyId, AuditEvent, AuditQuery, Page, PageRequest, PersonName, RoleName, Session, User, UserId,
};
use mainstay_repositories::Store;
use serde_json::{Value, json};

use super::{
    PersonalData,
    files::{Avatars, FileDeletions, Files, Uploads},
    ways_in::{ApiKeys, Codes, Factors, Identities, Passkeys},
};
use crate::{Failure, ports::Clock};

/// Every section. A new noun that holds something about users adds its line here.
pub(super) fn all(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) -> Vec<Arc<dyn PersonalData>> {
    vec![
        Arc::new(Files {
            store: Arc::clone(store),
            clock: Arc::clone(clock),
        }),
        Arc::new(Uploads(Arc::clone(store))),
        Arc::new(FileDeletions(Arc::clone(store))),
        Arc::new(Avatars {
            store: Arc::clone(store),
            clock: Arc::clone(clock),
        }),
        Arc::new(Profile(Arc::clone(store))),
        Arc::new(Passwords(Arc::clone(store))),
        Arc::new(Sessions(Arc::clone(store))),
        Arc::new(Factors(Arc::clone(store))),
        Arc::new(Codes(Arc::clone(store))),
        Arc::new(Passkeys(Arc::clone(store))),
        Arc::new(ApiKeys(Arc::clone(store))),
        Arc::new(Identities(Arc::clone(store))),
        Arc::new(Events {
            store: Arc::clone(store),
            done: false,
        }),
        Arc::new(Events {
            store: Arc::clone(store),
            done: true,
        }),
    ]
}

/// A page that is the only one.
pub(super) fn only(items: Vec<Value>) -> Page<Value> {
    Page {
        items,
        next: None,
        total: None,
    }
}

pub(super) fn map<T>(page: Page<T>, item: impl Fn(T) -> Value) -> Page<Value> {
    Page {
        items: page.items.into_iter().map(item).collect(),
        next: page.next,
        total: None,
    }
}

struct Profile(Arc<dyn Store>);

#[async_trait]
impl PersonalData for Profile {
    fn section(&self) -> &'static str {
        "profile"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let user = self.0.read().users().find(user).await?;
        Ok(only(user.iter().map(profile).collect()))
    }
}

fn profile(user: &User) -> Value {
    json!({
        "id": user.id.uuid(),
        "email": user.email.as_str(),
        "email_verified": user.email_verified,
        "username": user.username.as_ref().map(|name| name.as_str()),
        "first_name": user.first_name.as_ref().map(PersonName::as_str),
        "last_name": user.last_name.as_ref().map(PersonName::as_str),
        "locale": user.locale.as_ref().map(|locale| locale.as_str()),
        "avatar_url": user.avatar_url,
        "status": user.status.as_str(),
        "roles": user.roles.iter().map(RoleName::as_str).collect::<Vec<_>>(),
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_login_at": user.last_login_at,
    })
}

struct Passwords(Arc<dyn Store>);

#[async_trait]
impl PersonalData for Passwords {
    fn section(&self) -> &'static str {
        "passwords"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let found = self.0.read().credentials().find(user).await?;
        let told = found.map(|credential| json!({ "changed_at": credential.changed_at }));
        Ok(only(told.into_iter().collect()))
    }
}

struct Sessions(Arc<dyn Store>);

#[async_trait]
impl PersonalData for Sessions {
    fn section(&self) -> &'static str {
        "sessions"
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let sessions = self.0.read().sessions().list_all(user, page).await?;
        Ok(map(sessions, |session| told(&session)))
    }
}

fn told(session: &Session) -> Value {
    let (ended_at, reason) = session.revoked.unzip();
    json!({
        "id": session.id.uuid(),
        "ip": session.origin.ip,
        "user_agent": session.origin.user_agent,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.idle_expires_at,
        "ended_at": ended_at,
        "ended_because": reason.map(mainstay_domain::RevocationReason::as_str),
    })
}

/// What happened to the account, or what its owner did to others.
struct Events {
    store: Arc<dyn Store>,
    done: bool,
}

#[async_trait]
impl PersonalData for Events {
    fn section(&self) -> &'static str {
        if self.done { "actions" } else { "audit_events" }
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let query = AuditQuery {
            actor_id: self.done.then_some(user),
            subject_id: (!self.done).then_some(user),
            page: page.clone(),
            ..AuditQuery::default()
        };
        let mut events = self.store.read().audit_events().list(&query).await?;
        // What somebody did to themselves stands among what happened to them.
        events
            .items
            .retain(|event| !self.done || event.subject_id != Some(user));
        Ok(map(events, |event| noted(&event)))
    }
}

fn noted(event: &AuditEvent) -> Value {
    json!({
        "id": event.id.uuid(),
        "at": event.at,
        "kind": event.kind.as_str(),
        "actor_id": event.actor_id.map(UserId::uuid),
        "api_key_id": event.api_key_id.map(ApiKeyId::uuid),
        "subject_id": event.subject_id.map(UserId::uuid),
        "ip": event.origin.ip,
        "user_agent": event.origin.user_agent,
        "request_id": event.origin.request_id,
        "detail": event.detail,
    })
}
