//! The same behaviour on every database, and without one.

mod core_flow;
mod database_gone;
