//! What the tests of the SeaORM store share.

mod engines;

#[allow(unused_imports, reason = "each test binary uses its part")]
pub use engines::*;
