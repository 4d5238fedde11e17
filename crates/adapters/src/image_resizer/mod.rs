//! Pictures of users: read with care, cut to squares, written anew.

mod colours;
mod decode;
mod jpeg_end;
mod resizer;
mod squares;

pub use resizer::{PictureResizer, PictureSettings};
