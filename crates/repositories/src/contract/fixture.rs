//! Values that no other case uses.

use std::sync::Arc;

use mainstay_domain::{
    AuditEvent, AuditEventId, AuditKind, AuthMethod, BlobId, Bucket, BucketId, BucketLimits, BucketName,
    Email, File, FileId, FileMetadata, FileStatus, MediaType, ObjectKey, Origin, PageRequest, Permission,
    PersonName, Role, RoleName, Session, SessionId, Sha256, Timestamp, TokenHash, User, UserFilter, UserId,
    UserQuery, UserStatus,
};
use uuid::Uuid;

use crate::{RepositoryError, Result, Store};

/// What every case gets.
pub(super) type SharedStore = Arc<dyn Store>;

/// The first second of all cases: in 2026, with microseconds.
const START_MICROS: i64 = 1_790_000_000_123_457;
/// The first second of what purges may remove: in 1990.
const LONG_AGO_MICROS: i64 = 631_152_000_000_001;

/// Twelve random hexadecimal digits.
pub(super) fn tag() -> String {
    let mut tag = Uuid::new_v4().simple().to_string();
    tag.truncate(12);
    tag
}

/// A time within the cases.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(START_MICROS + second * 1_000_000).unwrap()
}

/// A time within what purges may remove.
pub(super) fn long_ago(second: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(LONG_AGO_MICROS + second * 1_000_000).unwrap()
}

pub(super) fn email(raw: &str) -> Email {
    Email::parse(raw).unwrap()
}

pub(super) fn name(raw: &str) -> PersonName {
    PersonName::parse(raw).unwrap()
}

pub(super) fn hash() -> TokenHash {
    let mut octets = [0; 32];
    octets[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    octets[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    TokenHash(octets)
}

pub(super) fn user_id() -> UserId {
    UserId(Uuid::new_v4())
}

pub(super) fn session_id() -> SessionId {
    SessionId(Uuid::new_v4())
}

/// An active user without roles.
pub(super) fn user() -> User {
    let address = email(&format!("{}@contract.test", tag()));
    User::new(user_id(), address, UserStatus::Active, at(0))
}

pub(super) fn user_with_email(address: &str) -> User {
    User {
        email: email(address),
        ..user()
    }
}

pub(super) fn user_named(first_name: &str) -> User {
    User {
        first_name: Some(name(first_name)),
        ..user()
    }
}

pub(super) async fn stored_user(store: &SharedStore) -> User {
    store_user(store, user()).await
}

pub(super) async fn store_user(store: &SharedStore, user: User) -> User {
    store.read().users().insert(&user).await.unwrap();
    user
}

pub(super) async fn find_user(store: &SharedStore, id: UserId) -> Option<User> {
    store.read().users().find(id).await.unwrap()
}

/// A query for users with `text` in address or names.
pub(super) fn users_with(text: &str) -> UserQuery {
    UserQuery {
        filter: UserFilter {
            text: Some(text.to_owned()),
            ..UserFilter::default()
        },
        ..UserQuery::default()
    }
}

/// The ids of the listed users, in their order.
pub(super) async fn listed(store: &SharedStore, query: &UserQuery) -> Vec<UserId> {
    let page = store.read().users().list(query).await.unwrap();
    page.items.iter().map(|user| user.id).collect()
}

pub(super) fn page_of(limit: u32) -> PageRequest {
    PageRequest {
        limit,
        ..PageRequest::default()
    }
}

pub(super) fn role_named(raw: &str) -> Role {
    Role {
        name: RoleName::parse(raw).unwrap(),
        description: "Made by the contract suite".to_owned(),
        permissions: [Permission::USERS_READ, Permission::AUDIT_READ].into(),
        built_in: false,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(super) async fn stored_role(store: &SharedStore) -> Role {
    let role = role_named(&format!("r{}", tag()));
    store.read().roles().insert(&role).await.unwrap();
    role
}

/// A stored active user who holds `role`.
pub(super) async fn stored_holder(store: &SharedStore, role: &RoleName) -> User {
    let holder = User {
        roles: vec![role.clone()],
        ..user()
    };
    store_user(store, holder).await
}

/// A session that lives until `at(1_000)`, or `at(2_000)` if refreshed.
pub(super) fn session_of(user_id: UserId) -> Session {
    Session {
        id: session_id(),
        user_id,
        generation: 0,
        token_hash: hash(),
        salt: *Uuid::new_v4().as_bytes(),
        origin: origin(),
        created_at: at(0),
        last_used_at: at(0),
        idle_expires_at: at(1_000),
        absolute_expires_at: at(2_000),
        authenticated_at: at(0),
        methods: AuthMethod::Password.into(),
        revoked: None,
    }
}

pub(super) async fn stored_session(store: &SharedStore, user_id: UserId) -> Session {
    store_session(store, session_of(user_id)).await
}

pub(super) async fn store_session(store: &SharedStore, session: Session) -> Session {
    store.read().sessions().insert(&session).await.unwrap();
    session
}

pub(super) async fn find_session(store: &SharedStore, id: SessionId) -> Option<Session> {
    store.read().sessions().find(id).await.unwrap()
}

pub(super) fn origin() -> Origin {
    Origin {
        ip: Some("2001:db8::7".parse().unwrap()),
        user_agent: Some("Contract/1.0".to_owned()),
        request_id: None,
    }
}

pub(super) fn event_by(actor_id: UserId) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(Uuid::new_v4()),
        at: at(0),
        kind: AuditKind::LoginSucceeded,
        actor_id: Some(actor_id),
        api_key_id: None,
        subject_id: None,
        origin: origin(),
        detail: None,
    }
}

pub(super) fn bucket() -> Bucket {
    Bucket {
        id: BucketId(Uuid::new_v4()),
        name: BucketName::parse(&format!("b{}", tag())).unwrap(),
        public: false,
        open: true,
        limits: BucketLimits::default(),
        used: 0,
        files: 0,
        url_epoch: 0,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(super) async fn stored_bucket(store: &SharedStore) -> Bucket {
    store_bucket(store, bucket()).await
}

pub(super) async fn store_bucket(store: &SharedStore, bucket: Bucket) -> Bucket {
    store.read().buckets().insert(&bucket).await.unwrap();
    bucket
}

/// A file of seven octets that belongs to nobody.
pub(super) fn file(bucket: &Bucket, key: &str) -> File {
    File {
        id: FileId(Uuid::new_v4()),
        bucket_id: bucket.id,
        key: ObjectKey::parse(key).unwrap(),
        owner: None,
        blob: BlobId(Uuid::new_v4()),
        size: 7,
        media_type: MediaType::octet_stream(),
        declared_type: None,
        sha256: Sha256(hash().0),
        metadata: FileMetadata::new(),
        status: FileStatus::Ready,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(super) async fn store_file(store: &SharedStore, file: File) -> File {
    store.read().files().insert(&file).await.unwrap();
    file
}

/// What a call is told. A database may choose a victim among those who race; then the call is made
/// again, a few times.
pub(super) async fn until_available<T, F>(call: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 0..5 {
        match call().await {
            Err(RepositoryError::Unavailable(_)) => {}
            told => return told,
        }
    }
    call().await
}

/// Makes `calls` calls at once and counts those that were told `true`. A database may choose a
/// victim among those who race; that call is made again, a few times in all.
pub(super) async fn count_true<F>(calls: usize, call: impl Fn() -> F) -> usize
where
    F: Future<Output = Result<bool>> + Send + 'static,
{
    let mut tasks: Vec<_> = (0..calls).map(|_| tokio::spawn(call())).collect();
    let (mut told_true, mut repeats) = (0, 5 * calls);
    while let Some(task) = tasks.pop() {
        match task.await.unwrap() {
            Err(RepositoryError::Unavailable(_)) if repeats > 0 => {
                repeats -= 1;
                tasks.push(tokio::spawn(call()));
            }
            told => told_true += usize::from(told.unwrap()),
        }
    }
    told_true
}
