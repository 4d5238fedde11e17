//! What is held about a person: handing it over, and removing it.

mod error;
mod export;
mod personal_data;
mod purge;
mod sections;
mod service;

pub use error::PrivacyError;
pub use export::ExportPage;
pub use personal_data::PersonalData;
pub use service::{PrivacyService, PrivacySettings};
