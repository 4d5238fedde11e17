//! What handlers take as parameters: parsed, validated and authorized.

mod authenticator;
mod caller;
mod cursor;
mod etag;
mod header_docs;
mod idempotency;
mod json;
mod list;
mod origin;
mod patch;
mod path;
mod query;
mod recent_caller;
mod refusal;
mod require;
mod seen;

pub use authenticator::Authenticator;
pub(crate) use caller::API_KEY;
pub use caller::{AnyCaller, Caller};
pub use cursor::CursorKey;
pub(crate) use etag::hex;
pub use etag::{ETag, IfMatch, IfNoneMatch};
pub use idempotency::Idempotent;
pub use json::ValidJson;
pub(crate) use json::has_body;
pub use list::{ListBody, ListQuery, NoFilter, PageInfo, PageParams};
pub use origin::{RequestOrigin, TrustedProxies};
pub use patch::Patch;
pub use path::IdPath;
pub use query::ValidQuery;
pub(crate) use query::parse as parse_form;
pub use recent_caller::RecentCaller;
pub use require::{
    AuditRead, JobsManage, JobsRead, Require, RequiredPermission, RolesRead, RolesWrite, StorageBuckets,
    SystemManage, UsersRead, UsersWrite,
};
pub use seen::Seen;
