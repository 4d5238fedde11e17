//! What is held about a person: handing it over, and removing it.

mod error;
mod export;
mod files;
mod personal_data;
mod purge;
mod sections;
mod service;
mod ways_in;

pub use error::PrivacyError;
pub use export::ExportPage;
pub use personal_data::PersonalData;
pub use service::{PrivacyService, PrivacySettings};
