//! `/api/v1/audit-events`.

mod list;
mod product_kinds;
