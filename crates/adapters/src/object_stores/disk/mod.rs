//! Objects as files of a local disk.
//!
//! ```text
//! <root>/.tmp/                       what is being written
//! <root>/<bucket>/1f/0a/<file name>  one object; the folders between are a hash of its key
//! ```

mod blocking;
mod disk_list;
mod disk_reader;
mod disk_writer;
mod file_name;
mod folders;
mod local_disk;
#[cfg(test)]
mod local_disk_tests;
mod temp_file;

pub use local_disk::LocalDisk;
