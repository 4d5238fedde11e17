//! Figures about HTTP.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use actix_web::http::Method;
use metrics::{Counter, Gauge, Histogram};

/// Number of requests answered.
const REQUESTS: &str = "mainstay_http_requests_total";
/// Time until the answer began.
const DURATION: &str = "mainstay_http_request_duration_seconds";
/// Requests under way.
const IN_FLIGHT: &str = "mainstay_http_requests_in_flight";

/// One worker's handles to the figures. Handles are kept, because looking one up in the
/// recorder costs more than everything else here together.
pub(crate) struct HttpMetrics {
    in_flight: Gauge,
    series: RefCell<HashMap<String, Vec<Series>>>,
}

struct Series {
    method: &'static str,
    status: u16,
    count: Counter,
    duration: Histogram,
}

impl HttpMetrics {
    pub(crate) fn new() -> Self {
        metrics::describe_counter!(REQUESTS, "HTTP requests answered");
        metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "Time until the answer began");
        metrics::describe_gauge!(IN_FLIGHT, "HTTP requests under way");
        Self {
            in_flight: metrics::gauge!(IN_FLIGHT),
            series: RefCell::default(),
        }
    }

    /// Counts a request as under way until the guard is dropped, also by a client that leaves.
    pub(super) fn enter(&self) -> InFlight {
        self.in_flight.increment(1.0);
        InFlight(self.in_flight.clone())
    }

    pub(crate) fn record(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = label(method);
        let mut routes = self.series.borrow_mut();
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Vec::new());
        }
        let Some(list) = routes.get_mut(route) else { return };
        let known = list
            .iter()
            .position(|one| one.status == status && one.method == method);
        let index = known.unwrap_or_else(|| {
            list.push(Series::new(method, route, status));
            list.len() - 1
        });
        if let Some(series) = list.get(index) {
            series.count.increment(1);
            series.duration.record(took.as_secs_f64());
        }
    }
}

impl Series {
    fn new(method: &'static str, route: &str, status: u16) -> Self {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        Self {
            method,
            status,
            count: metrics::counter!(REQUESTS, &labels),
            duration: metrics::histogram!(DURATION, &labels),
        }
    }
}

/// Clients may invent methods; the number of series must stay bounded.
pub(super) fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// A request under way.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
