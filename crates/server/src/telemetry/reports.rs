//! What a report of an error says of the process that it comes from.

use crate::{
    builder::Product,
    config::{Config, Dsn},
};

/// Where errors are reported, and by whom.
#[cfg_attr(
    not(feature = "log-shipping"),
    allow(dead_code, reason = "nothing is reported without")
)]
pub(super) struct Reports {
    pub(super) dsn: Dsn,
    /// `mainstay@0.1.0+3d5181c`.
    pub(super) release: String,
    pub(super) environment: String,
}

impl Reports {
    /// Nothing if errors are not reported.
    pub(super) fn configured(config: &Config, product: &Product) -> Option<Self> {
        Some(Self {
            dsn: config.sentry.target()?,
            release: release(product),
            environment: config.environment.to_string(),
        })
    }
}

fn release(product: &Product) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || ".-_".contains(letter) {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = product.name.chars().map(plain).collect();
    match super::BUILD {
        "unknown" => format!("{name}@{}", product.version),
        build => format!("{name}@{}+{build}", product.version),
    }
}
