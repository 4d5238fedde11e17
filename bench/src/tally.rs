//! Counting answers and their latencies.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

/// What a client saw.
#[derive(Debug, Default)]
pub struct Tally {
    /// Answers by status code.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub network_errors: u64,
    /// Answers that are not what was asked for: another status, or a text missing.
    pub wrong: u64,
    /// One wrong answer, to look at.
    pub example: Option<String>,
    latencies: Vec<Duration>,
}

impl Tally {
    /// Notes an answer.
    pub fn add(&mut self, status: u16, latency: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.latencies.push(latency);
    }

    /// Notes an answer that is not what was asked for.
    pub fn add_wrong(&mut self, what: String) {
        self.wrong += 1;
        self.example.get_or_insert(what);
    }

    /// Adds what another client saw.
    pub fn merge(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.network_errors += other.network_errors;
        self.wrong += other.wrong;
        self.example = self.example.take().or(other.example);
        self.latencies.extend(other.latencies);
    }

    /// The figures, for a script.
    #[must_use]
    pub fn report(mut self, took: Duration) -> Value {
        self.latencies.sort_unstable();
        let quantile = |part: f64| self.quantile_ms(part);
        json!({
            "requests": self.latencies.len(),
            "seconds": took.as_secs_f64(),
            "statuses": self.statuses,
            "network_errors": self.network_errors,
            "wrong": self.wrong,
            "example": self.example,
            "ms": { "p50": quantile(0.5), "p90": quantile(0.9), "p99": quantile(0.99), "max": quantile(1.0) },
        })
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "counts of requests are far below 2^52"
    )]
    fn quantile_ms(&self, part: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let index = (last as f64 * part).round() as usize;
        self.latencies
            .get(index)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_taken_over_all_clients_together() {
        let mut tally = Tally::default();
        for part in 0..10 {
            let mut client = Tally::default();
            for ms in 1..=10 {
                client.add(200, Duration::from_millis(part * 10 + ms));
            }
            tally.merge(client);
        }
        let report = tally.report(Duration::from_secs(1));
        assert_eq!(report["statuses"]["200"], 100);
        assert_eq!(
            (&report["ms"]["p99"], &report["ms"]["max"]),
            (&json!(99.0), &json!(100.0))
        );
    }
}
