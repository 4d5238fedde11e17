//! What the file of a product's use cases begins with: `use mainstay_services::prelude::*;`.

pub use std::sync::Arc;

pub use mainstay_domain::{Page, PageRequest, Principal, Timestamp, UserId, Version};
pub use mainstay_repositories::{RepositoryError, Result as Stored, Store};

pub use crate::{
    Failure, ResourceError,
    ports::{Clock, Entropy},
};
