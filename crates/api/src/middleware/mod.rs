//! What happens around every request.

mod access_log;
mod deadline;
mod exchange;
mod keep_body;
mod metrics;
mod observe;
mod patience;
mod render;
mod request_id;
mod security_headers;
mod small_bodies;

pub use deadline::{RequestTimeout, deadline};
pub use exchange::RequestContext;
pub use keep_body::KeepBody;
pub(crate) use metrics::HttpMetrics;
pub use observe::Observe;
pub use patience::{BodyRate, Patience};
pub(crate) use request_id::request_id;
pub(crate) use security_headers::SecurityHeaders;
pub use small_bodies::spare_small_bodies;
