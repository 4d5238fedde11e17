//! An application in memory, and answers that are easy to look at.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_http::Request;
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::{StatusCode, header::HeaderMap},
    test::{TestRequest, init_service},
};
use async_trait::async_trait;
use chrono::DateTime;
use mainstay_api::{
    HttpSettings,
    app::{ApiState, Routes, build_app},
    error::{ApiError, ErrorCode},
    extract::Authenticator,
    system::{MetricsRenderer, MigrationStatus, ServiceInfo, SystemState},
};
use mainstay_domain::{
    ApiKey, ApiKeyId, ApiKeyName, Credential, Email, Origin, Permission, PermissionSet, Principal, Session,
    SessionId, TokenHash, User, UserId, UserStatus,
};
use mainstay_repositories::memory::MemoryStore;
use uuid::Uuid;

use crate::product;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks everything that every problem document must have, and gives its code.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.body
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert_eq!(self.header("x-correlation-id"), self.header("x-request-id"));
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(problem["instance"].as_str().unwrap().starts_with('/'));
        assert!(
            problem["title"].is_string() && problem["detail"].is_string() && problem["timestamp"].is_string()
        );
        let code = problem["code"].as_str().unwrap().to_owned();
        let kind = code.to_lowercase().replace('_', "-");
        assert_eq!(problem["type"], format!("urn:mainstay:error:{kind}"));
        code
    }

    /// `field: CODE` of every refused field.
    pub fn fields(&self) -> Vec<String> {
        let problem = self.json();
        let show = |error: &serde_json::Value| {
            format!(
                "{}: {}",
                error["field"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            )
        };
        problem["errors"].as_array().unwrap().iter().map(show).collect()
    }
}

pub fn settings() -> HttpSettings {
    HttpSettings {
        request_timeout: Duration::from_secs(30),
        ..HttpSettings::default()
    }
}

/// For what never answers in time.
pub fn impatient() -> HttpSettings {
    HttpSettings {
        request_timeout: Duration::from_millis(200),
        ..settings()
    }
}

pub fn state() -> ApiState {
    let store = Arc::new(MemoryStore::new());
    let info = ServiceInfo {
        name: "sample".into(),
        version: "1.2.3".into(),
        environment: "local".into(),
        build: "abc".into(),
    };
    ApiState {
        system: Arc::new(SystemState::new(info, store.clone(), Arc::new(Migrated))),
        store,
        authenticator: Arc::new(Doorman),
        metrics: Some(MetricsRenderer(Arc::new(|| "sample 1\n".to_owned()))),
        audit_kinds: Vec::new(),
        document: Arc::new(OnceLock::new()),
    }
}

/// Sends one request to a fresh application.
pub async fn send(request: TestRequest) -> Answer {
    send_to(&settings(), &state(), request).await
}

pub async fn send_to(settings: &HttpSettings, state: &ApiState, request: TestRequest) -> Answer {
    let products: [Routes; 1] = [Arc::new(product::configure)];
    let app = init_service(build_app(settings, state, &products)).await;
    call(&app, request).await
}

/// Like the server, turns an error of the outermost service into its answer.
pub async fn call<B: MessageBody>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: TestRequest,
) -> Answer {
    let (status, headers, body) = match app.call(request.to_request()).await {
        Ok(response) => {
            let (status, headers) = (response.status(), response.headers().clone());
            (
                status,
                headers,
                actix_web::body::to_bytes(response.into_body()).await.ok(),
            )
        }
        Err(error) => {
            let response = error.error_response();
            let (status, headers) = (response.status(), response.headers().clone());
            (
                status,
                headers,
                actix_web::body::to_bytes(response.into_body()).await.ok(),
            )
        }
    };
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body.unwrap_or_default()).into_owned(),
    }
}

struct Migrated;

#[async_trait]
impl MigrationStatus for Migrated {
    async fn pending(&self) -> Result<u32, String> {
        Ok(0)
    }
}

/// Knows three tokens: `reader` may read users, `nobody` may do nothing, `robot` is an API key
/// that may read users.
struct Doorman;

#[async_trait]
impl Authenticator for Doorman {
    async fn authenticate(&self, token: &str) -> Result<Arc<Principal>, ApiError> {
        let permissions = match token {
            "robot" => return Ok(Arc::new(robot())),
            "reader" => PermissionSet::from([Permission::USERS_READ]),
            "nobody" => PermissionSet::new(),
            "expired" => return Err(ApiError::new(ErrorCode::TOKEN_EXPIRED)),
            _ => return Err(ApiError::new(ErrorCode::UNAUTHENTICATED)),
        };
        Ok(Arc::new(principal(permissions)))
    }

    async fn require_recent(&self, _principal: &Principal) -> Result<(), ApiError> {
        Ok(())
    }
}

fn robot() -> Principal {
    let person = principal(PermissionSet::from([Permission::USERS_READ]));
    let key = ApiKey {
        id: ApiKeyId(Uuid::from_u128(9)),
        user_id: person.user.id,
        name: ApiKeyName::parse("robot").unwrap(),
        hash: TokenHash([0; 32]),
        scopes: PermissionSet::clone(&person.permissions),
        rate_limit: None,
        created_at: DateTime::UNIX_EPOCH,
        last_used_at: None,
        expires_at: None,
    };
    Principal {
        credential: key.into(),
        ..person
    }
}

fn principal(permissions: PermissionSet) -> Principal {
    let now = DateTime::UNIX_EPOCH;
    let id = UserId(Uuid::from_u128(7));
    let email = Email::parse("ada@example.com").unwrap();
    Principal {
        user: User::new(id, email, UserStatus::Active, now),
        credential: Credential::Session(Session {
            id: SessionId(Uuid::from_u128(8)),
            user_id: id,
            generation: 0,
            token_hash: TokenHash([0; 32]),
            salt: [0; 16],
            origin: Origin::default(),
            created_at: now,
            last_used_at: now,
            idle_expires_at: now,
            absolute_expires_at: now,
            authenticated_at: now,
            methods: mainstay_domain::AuthMethod::Password.into(),
            revoked: None,
        }),
        permissions: Arc::new(permissions),
    }
}
