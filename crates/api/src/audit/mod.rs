//! `/api/v1/audit-events`: what happened.

mod audit_event_body;
mod error;
mod filter;
mod list;
mod routes;

pub(crate) use audit_event_body::AuditEventBody;
pub(crate) use filter::AuditFilter;
pub use routes::configure;
