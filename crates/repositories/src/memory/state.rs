//! Everything the store remembers, and the rules between nouns.

use std::collections::{BTreeMap, BTreeSet};

use mainstay_domain::{
    ApiKey, ApiKeyId, AuditEvent, AuditEventId, Avatar, AvatarId, Blob, BlobId, Bucket, BucketId, ChainHead,
    File, FileDeletion, FileDeletionId, FileId, IdempotencyRecord, Identity, IdentityId, Job, JobId,
    OneTimeToken, Passkey, PasskeyId, PasswordCredential, PermissionSet, ResumableUpload, Role, RoleName,
    Schedule, Seal, Session, SessionId, SigningKey, ThrottleState, Timestamp, TokenHash, TotpFactor,
    TotpFactorId, UploadId, UploadPart, User, UserId,
};

use crate::{RepositoryError, Result, constraint};

/// When the built-in roles count as made, the same as in a migrated database.
const MADE_AT_MICROS: i64 = 1_795_219_200_000_000;

/// A one-time token, and whether it was used up; used ones stay until they are purged.
#[derive(Clone)]
pub(super) struct StoredToken {
    pub token: OneTimeToken,
    pub used: bool,
}

/// The tables.
#[derive(Clone, Default)]
pub(super) struct State {
    pub users: BTreeMap<UserId, User>,
    pub credentials: BTreeMap<UserId, PasswordCredential>,
    pub identities: BTreeMap<IdentityId, Identity>,
    pub roles: BTreeMap<RoleName, Role>,
    pub sessions: BTreeMap<SessionId, Session>,
    pub one_time_tokens: BTreeMap<[u8; 32], StoredToken>,
    pub audit_events: BTreeMap<AuditEventId, AuditEvent>,
    pub audit_seals: BTreeMap<AuditEventId, Seal>,
    pub audit_erased: BTreeSet<AuditEventId>,
    pub audit_head: Option<ChainHead>,
    pub throttles: BTreeMap<String, ThrottleState>,
    pub idempotency: BTreeMap<[u8; 32], IdempotencyRecord>,
    pub jobs: BTreeMap<JobId, Job>,
    pub totp_factors: BTreeMap<TotpFactorId, TotpFactor>,
    pub recovery_codes: BTreeMap<UserId, Vec<TokenHash>>,
    pub passkeys: BTreeMap<PasskeyId, Passkey>,
    pub api_keys: BTreeMap<ApiKeyId, ApiKey>,
    pub signing_keys: BTreeMap<(&'static str, i32), SigningKey>,
    pub buckets: BTreeMap<BucketId, Bucket>,
    pub files: BTreeMap<FileId, File>,
    pub blobs: BTreeMap<BlobId, Blob>,
    pub uploads: BTreeMap<UploadId, ResumableUpload>,
    pub avatars: BTreeMap<AvatarId, Avatar>,
    pub upload_parts: BTreeMap<BlobId, (UploadId, UploadPart)>,
    pub file_deletions: BTreeMap<FileDeletionId, FileDeletion>,
    pub schedules: BTreeMap<String, Schedule>,
    pub sweeps: BTreeMap<String, String>,
}

impl State {
    /// What a freshly migrated database holds.
    pub(super) fn with_built_in_roles() -> Self {
        let mut state = Self {
            audit_head: Some(ChainHead::origin()),
            ..Self::default()
        };
        for role in [
            built_in(RoleName::admin(), "Holds every permission"),
            built_in(RoleName::user(), "Every account"),
        ] {
            state.roles.insert(role.name.clone(), role);
        }
        state
    }

    /// Fails unless the user is there.
    pub(super) fn require_user(&self, id: UserId) -> Result<()> {
        ensure(self.users.contains_key(&id), constraint::REFERENCE)
    }

    /// Fails unless all roles are there.
    pub(super) fn require_roles(&self, names: &[RoleName]) -> Result<()> {
        let known = names.iter().all(|name| self.roles.contains_key(name));
        ensure(known, constraint::REFERENCE)
    }

    /// Removes what hangs on users that are no longer there.
    pub(super) fn cascade_users(&mut self) {
        let users = &self.users;
        self.credentials.retain(|user_id, _| users.contains_key(user_id));
        self.identities
            .retain(|_, identity| users.contains_key(&identity.user_id));
        self.sessions
            .retain(|_, session| users.contains_key(&session.user_id));
        self.totp_factors
            .retain(|_, factor| users.contains_key(&factor.user_id));
        self.recovery_codes
            .retain(|user_id, _| users.contains_key(user_id));
        self.passkeys
            .retain(|_, passkey| users.contains_key(&passkey.user_id));
        self.api_keys.retain(|_, key| users.contains_key(&key.user_id));
        self.avatars
            .retain(|_, avatar| users.contains_key(&avatar.user_id));
        for file in self.files.values_mut() {
            file.owner = file.owner.filter(|owner| users.contains_key(owner));
        }
        self.one_time_tokens
            .retain(|_, stored| stored.token.user_id.is_none_or(|id| users.contains_key(&id)));
        self.uploads.retain(|_, upload| users.contains_key(&upload.owner));
        self.file_deletions
            .retain(|_, deletion| users.contains_key(&deletion.owner));
        self.cascade_uploads();
    }

    /// Removes the parts of uploads that are no longer there.
    pub(super) fn cascade_uploads(&mut self) {
        let uploads = &self.uploads;
        self.upload_parts.retain(|_, (id, _)| uploads.contains_key(id));
    }
}

fn built_in(name: RoleName, description: &str) -> Role {
    let made_at = Timestamp::from_timestamp_micros(MADE_AT_MICROS).unwrap_or_default();
    Role {
        name,
        description: description.to_owned(),
        permissions: PermissionSet::new(),
        built_in: true,
        version: 1,
        created_at: made_at,
        updated_at: made_at,
    }
}

/// A conflict with `constraint` unless `kept`.
pub(super) fn ensure(kept: bool, constraint: &str) -> Result<()> {
    if kept {
        return Ok(());
    }
    Err(RepositoryError::Conflict {
        constraint: constraint.to_owned(),
    })
}

/// Adds a row under a key that must be free.
pub(super) fn insert_new<K: Ord, V: Clone>(
    table: &mut BTreeMap<K, V>,
    key: K,
    row: &V,
    constraint: &str,
) -> Result<()> {
    ensure(!table.contains_key(&key), constraint)?;
    table.insert(key, row.clone());
    Ok(())
}

/// Removes up to `limit` stale rows. Returns how many.
pub(super) fn purge<K: Ord + Clone, V>(
    table: &mut BTreeMap<K, V>,
    limit: u32,
    stale: impl Fn(&V) -> bool,
) -> u64 {
    let keys: Vec<K> = table
        .iter()
        .filter(|(_, row)| stale(row))
        .map(|(key, _)| key.clone())
        .take(limit as usize)
        .collect();
    for key in &keys {
        table.remove(key);
    }
    keys.len() as u64
}
