//! Figures about this process and its connections.

use mainstay_repositories::Store;

/// Measures them. What the kernel does not tell, on other systems than Linux, is left out.
#[allow(clippy::cast_precision_loss, reason = "figures for charts")]
pub(super) fn measure(store: &dyn Store) {
    let pool = store.health();
    for (state, connections) in [("active", pool.active), ("idle", pool.idle), ("max", pool.max)] {
        metrics::gauge!("mainstay_db_connections", "state" => state).set(f64::from(connections));
    }
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return;
    };
    if let Some(kibibytes) = value(&status, "VmRSS:") {
        metrics::gauge!("mainstay_process_resident_memory_bytes").set((kibibytes * 1024) as f64);
    }
    if let Some(threads) = value(&status, "Threads:") {
        metrics::gauge!("mainstay_process_threads").set(threads as f64);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("mainstay_process_open_files").set(open.count() as f64);
    }
}

fn value(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
