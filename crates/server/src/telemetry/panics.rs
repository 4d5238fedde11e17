//! Panics, in the same shape as every other line.

use std::panic;

use tracing::Level;

/// Logs panics of this process instead of printing them, with the request in which they happen. Where
/// errors are not logged they are printed as before.
pub fn log_panics() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |told| {
        if !tracing::enabled!(target: "mainstay::panic", Level::ERROR) {
            return print(told);
        }
        let thread = std::thread::current();
        let place = told.location().map(tracing::field::display);
        tracing::error!(
            target: "mainstay::panic",
            panic = told.payload_as_str().unwrap_or("no message"),
            place,
            thread = thread.name(),
            "a thread panicked"
        );
    }));
}
