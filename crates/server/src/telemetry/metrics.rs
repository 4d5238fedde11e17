//! Figures for Prometheus.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use mainstay_adapters::MokaPrincipalCache;
use mainstay_repositories::sea::SeaStore;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{logs, process};

/// Seconds; fine where answers should be, coarse where they should not.
const DURATION_BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// How often old samples are folded into the histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// Which build this is: the commit, if the build was told.
pub const BUILD: &str = match option_env!("GIT_COMMIT") {
    Some(build) => build,
    None => "unknown",
};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder. The first call in a process counts; later ones (tests start many
/// servers) get the same handle.
pub fn init_metrics() -> PrometheusHandle {
    let handle = HANDLE.get_or_init(|| {
        let recorder = recorder();
        let handle = recorder.handle();
        // It fails only if a product has installed a recorder of its own: then ours stays empty.
        let _ = metrics::set_global_recorder(recorder);
        let labels = [("version", env!("CARGO_PKG_VERSION")), ("build", BUILD)];
        metrics::gauge!("mainstay_build_info", &labels).set(1.0);
        handle
    });
    handle.clone()
}

fn recorder() -> metrics_exporter_prometheus::PrometheusRecorder {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &DURATION_BUCKETS)
        // It fails only for no buckets at all.
        .unwrap_or_else(|_| PrometheusBuilder::new())
        .build_recorder()
}

/// Keeps the recorder small; runs until the task it is in ends.
#[allow(clippy::cast_precision_loss, reason = "a figure for a chart")]
pub(crate) async fn upkeep(handle: PrometheusHandle, store: SeaStore, remembered: Arc<MokaPrincipalCache>) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
        process::measure(&store);
        metrics::gauge!("mainstay_principal_cache_entries").set(remembered.entries() as f64);
        logs::count_lines();
    }
}
