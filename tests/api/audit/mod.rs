//! `/api/v1/audit-events`.

mod chain;
mod kinds;
mod list;
mod product_kinds;
