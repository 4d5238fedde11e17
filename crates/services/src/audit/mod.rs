//! The audit log.

mod event;
mod service;

pub(crate) use event::event;
pub use service::{AuditError, AuditService};
