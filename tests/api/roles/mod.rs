//! `/api/v1/roles` and `/api/v1/permissions`.

mod create;
mod delete;
mod list;
mod update;
