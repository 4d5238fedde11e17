//! How far sweeps have come.

use super::fixture::{SharedStore, tag};

/// Later places replace earlier ones, and other sweeps have their own.
pub async fn the_place_of_a_sweep_is_kept_until_it_moves_on(store: SharedStore) {
    let (name, other) = (tag(), tag());
    let sweeps = store.read().sweeps();
    assert_eq!(sweeps.find(&name).await.unwrap(), None);
    for place in ["reports/0190", "", "reports/0190", "reports/0190", "z"] {
        sweeps.keep(&name, place).await.unwrap();
        assert_eq!(sweeps.find(&name).await.unwrap().as_deref(), Some(place));
    }
    assert_eq!(sweeps.find(&other).await.unwrap(), None);
}
