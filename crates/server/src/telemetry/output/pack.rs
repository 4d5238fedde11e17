//! Compressing a complete file.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

use super::file_names::{packed, part, private};

/// Puts a compressed file into the place of a complete one. Whatever interrupts it: either the file or
/// its compressed one is whole, and the next try goes on.
pub(super) fn pack(path: &Path) -> io::Result<()> {
    let (target, unfinished) = (packed(path), part(path));
    if !target.exists() {
        if let Err(error) = compress(path, &unfinished) {
            // A full disk has no room for half a file.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        fs::rename(&unfinished, &target)?;
    }
    fs::remove_file(path)
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let file = private().write(true).create(true).truncate(true).open(to)?;
    // Lines are much alike: more effort gains little.
    let mut encoder = GzEncoder::new(file, Compression::fast());
    io::copy(&mut source, &mut encoder)?;
    encoder.finish()?.sync_all()
}
