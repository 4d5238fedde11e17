//! Standard output.

use std::io::{self, Write};

use super::writer::{Broken, Sink};

/// Standard output, past the lock and the buffer that `print` uses: a reader that stands still must
/// stop this thread only.
pub(in crate::telemetry) struct StandardOutput {
    #[cfg(unix)]
    to: std::fs::File,
    #[cfg(not(unix))]
    to: io::Stdout,
}

impl StandardOutput {
    /// Standard output of this process.
    ///
    /// # Errors
    /// If it is closed.
    #[cfg(unix)]
    pub(in crate::telemetry) fn open() -> io::Result<Self> {
        use std::os::fd::AsFd;
        let to = io::stdout().as_fd().try_clone_to_owned()?.into();
        Ok(Self { to })
    }

    /// Standard output of this process.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub(in crate::telemetry) fn open() -> io::Result<Self> {
        Ok(Self { to: io::stdout() })
    }
}

impl Sink for StandardOutput {
    fn write(&mut self, lines: &[u8]) -> Result<(), Broken> {
        write_all(&mut self.to, lines)
    }
}

/// Writes everything, or tells how far it came.
pub(super) fn write_all(to: &mut impl Write, lines: &[u8]) -> Result<(), Broken> {
    let mut done = 0;
    while let Some(rest) = lines.get(done..).filter(|rest| !rest.is_empty()) {
        match to.write(rest) {
            Ok(0) => {
                let error = io::ErrorKind::WriteZero.into();
                return Err(Broken { done, error });
            }
            Ok(written) => done += written,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Broken { done, error }),
        }
    }
    Ok(())
}
