//! The audit log.

mod chain;
mod chain_hash;
mod chain_key;
mod event;
mod export;
mod prune;
mod seal;
mod service;
mod verify;
mod walk;

pub use chain::{AuditChain, ChainError};
pub use chain_key::ChainKey;
pub use event::event;
pub use prune::PruneRule;
pub use service::{AuditError, AuditService};
pub use verify::ChainReport;
pub use walk::{ChainWalk, Finding, Problem};
