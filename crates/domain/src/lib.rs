//! Values, entities and rules of Mainstay.
//!
//! Nothing here does I/O, reads a clock or knows a wire or table format. Values are
//! parsed once (`Email::parse`) and trusted afterwards; entities are plain structs.
#![deny(missing_docs)]

mod api_key;
mod audit;
mod audit_chain;
mod auth_method;
mod avatar;
mod bucket;
mod credential;
mod email;
mod error;
mod file;
mod file_deletion;
mod id;
mod idempotency;
mod identity;
mod job;
mod locale;
mod media_type;
mod object_key;
mod one_time_token;
mod page;
mod passkey;
mod password;
mod permission;
mod person_name;
mod principal;
mod product_kind;
mod recovery_code;
mod resumable_upload;
mod role;
mod schedule;
mod second_factor;
mod session;
mod signing_key;
mod text;
mod throttle;
mod time;
mod totp;
mod user;
mod user_query;
mod username;

pub use api_key::{ApiKey, ApiKeyName};
pub use audit::{AuditEvent, AuditKind, AuditQuery, Origin};
pub use audit_chain::{AuditRecord, ChainHead, ChainPoint, PersonalPart, Seal};
pub use auth_method::{AuthMethod, AuthMethods};
pub use avatar::{Avatar, AvatarSize};
pub use bucket::{Bucket, BucketLimits, BucketName};
pub use credential::{PasswordCredential, PasswordHash};
pub use email::Email;
pub use error::InvalidValue;
pub use file::{
    Blob, BlobStatus, File, FileEntry, FileMetadata, FileQuery, FileStatus, Sha256, Usage, parse_metadata,
};
pub use file_deletion::{DeletionStatus, FileDeletion};
pub use id::{
    ApiKeyId, AuditEventId, AvatarId, BlobId, BucketId, FileDeletionId, FileId, IdentityId, JobId, PasskeyId,
    SessionId, TotpFactorId, UploadId, UserId,
};
pub use idempotency::{IdempotencyRecord, StoredResponse};
pub use identity::{Identity, IdentityKey, ProviderName};
pub use job::{
    Job, JobBacklog, JobClaim, JobFailure, JobKey, JobKind, JobLease, JobPriority, JobQuery, JobStatus,
    JobTicket, NewJob,
};
pub use locale::Locale;
pub use media_type::{MediaPattern, MediaType};
pub use object_key::{KeyPrefix, ObjectKey, successor};
pub use one_time_token::{OneTimeToken, TokenHash, TokenPurpose};
pub use page::{MAX_PAGE_LIMIT, Page, PageRequest, Position, SortValue};
pub use passkey::{Passkey, PasskeyUse, WebauthnId};
pub use password::Password;
pub use permission::{Permission, PermissionSet};
pub use person_name::PersonName;
pub use principal::{Credential, CredentialId, Principal};
pub use product_kind::ProductKind;
pub use recovery_code::{RECOVERY_CODES, RecoveryCode};
pub use resumable_upload::{DirectUpload, ResumableUpload, UploadPart};
pub use role::{ADMIN_ROLE, Role, RoleName, USER_ROLE};
pub use schedule::{NewSchedule, Schedule, ScheduleClaim};
pub use second_factor::SecondFactorKind;
pub use session::{RevocationReason, Rotation, Session};
pub use signing_key::{SigningAlgorithm, SigningKey};
pub use text::Text;
pub use throttle::{Quota, ThrottleDecision, ThrottlePolicy, ThrottleState};
pub use time::{Timestamp, truncate_to_micros};
pub use totp::{FactorName, SealedSecret, TOTP_PERIOD, TotpCode, TotpFactor, TotpStep};
pub use user::{User, UserStatus, Version};
pub use user_query::{UserFilter, UserQuery, UserSort};
pub use username::Username;
