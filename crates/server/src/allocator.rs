//! What memory is taken from.
#![allow(
    unsafe_code,
    reason = "mimalloc's options can only be set through its C interface"
)]

use libmimalloc_sys::{mi_option_set_default, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc 3, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;
/// In milliseconds; mimalloc's own is 1,000.
const SOON: std::ffi::c_long = 5;

/// Has memory that was freed given back to the system after a few milliseconds. What the start
/// used would be kept otherwise, for an idle server never asks for the time again: 7 MB. The
/// environment's `MIMALLOC_PURGE_DELAY` comes first.
pub fn give_back_early() {
    // SAFETY: setting an option takes two numbers and touches no memory of ours.
    unsafe { mi_option_set_default(PURGE_DELAY, SOON) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_still_means_the_delay_in_this_version_of_the_allocator() {
        // SAFETY: as above. 1,000 is the default of no other option.
        let before = unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(before, 1_000);
        give_back_early();
        // SAFETY: as above.
        assert_eq!(unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) }, SOON);
    }
}
