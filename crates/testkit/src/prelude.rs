//! What the file of a test begins with: `use mainstay_testkit::prelude::*;`.

pub use mainstay_services::ports::{Clock, Entropy};

#[cfg(feature = "app")]
pub use crate::app::{LoggedIn, TestApp, TestDatabase, TestRequest, TestResponse, sqlite_store};
pub use crate::{
    FixedClock, MemoryStore, MockRepositories, MockStore, SequentialEntropy, TestPorts, origin, principal,
    user,
};
#[cfg(feature = "app")]
pub use serde_json::{Value, json};
