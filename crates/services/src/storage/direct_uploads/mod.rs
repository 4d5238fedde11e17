//! Files that clients send to the object store themselves, and that this server looks at afterwards.
//!
//! The URL that a client gets works as often as they like until it ends, after the file is made as
//! well, and nobody could bound what they put there. So no file ever stands for that object: it is
//! copied under an id that no URL to write is ever made for, and what is checked, counted and kept is the
//! copy.
//!
//! The object has the row of a blob, `writing`, dated when the upload ends, which is later than the
//! URL does. A day after that date the sweep removes whatever lies there, so that nothing is forgotten
//! that was put there late, even by a request that began at the last moment.

mod complete_direct_upload;
mod create_direct_upload;
mod delete_direct_upload;
mod own_direct_upload;

pub use create_direct_upload::{DirectOffer, NewDirect};
