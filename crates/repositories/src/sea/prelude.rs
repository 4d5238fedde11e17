//! What the file of a product's repository begins with: `use mainstay_repositories::sea::prelude::*;`.
//!
//! The derive macros of SeaORM write out its path, so a product still depends on `sea-orm`.

pub use async_trait::async_trait;
pub use mainstay_domain::{Page, PageRequest, UserId};
pub use sea_orm::{
    ActiveValue::Set, Condition, ExprTrait, IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
};

pub use super::{OnSea, Row, Sea, SeaConnection, SeaStore, SeaUnitOfWork, micros};
pub use crate::{RepositoryError, Result as Stored};
