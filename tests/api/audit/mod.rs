//! `/api/v1/audit-events`.

mod account_flows;
mod acting_keys;
mod chain;
mod kinds;
mod list;
mod product_kinds;
