//! The audit log.

mod event;
mod service;

pub use event::event;
pub use service::{AuditError, AuditService};
