//! Password hashes made by other systems: read, bounded and compared, never written.
//!
//! A hash made elsewhere costs what somebody else decided. What asks for more memory or time
//! than [`limits`] allow is refused before anything is computed.

mod argon2;
mod bcrypt;
mod digest;
mod encoding;
mod firebase;
mod limits;
mod parse;
mod pbkdf2;
mod scrypt;

pub(crate) use digest::{CostClass, ForeignHash};
pub use firebase::FirebaseScrypt;
pub(crate) use limits::argon2_is_too_costly;
pub(crate) use parse::parse;
