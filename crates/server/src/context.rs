//! What a product's routes and jobs stand on.

use std::sync::Arc;

use mainstay_repositories::{Store, sea::SeaStore};
use mainstay_services::{
    audit::AuditChain,
    mail::MailOutbox,
    ports::{Clock, Entropy, ObjectStore, Sealer},
    privacy::PrivacyService,
};

use crate::{config::Config, retention::Retention};

/// What a product's routes and jobs stand on; clones share everything.
#[derive(Clone)]
pub struct Context {
    /// How the server runs.
    pub config: Arc<Config>,
    /// Mainstay's own data, through its ports.
    pub store: Arc<dyn Store>,
    /// The database, for a product's own repositories.
    pub sea: SeaStore,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Encrypts what is stored and must be read back.
    pub sealer: Arc<dyn Sealer>,
    /// Writes mails down in a unit of work.
    pub mail: Arc<MailOutbox>,
    /// What the octets of files are kept in.
    pub objects: Arc<dyn ObjectStore>,
    /// The audit log as a chain.
    pub audit_chain: Arc<AuditChain>,
    /// What is held about persons.
    pub privacy: Arc<PrivacyService>,
    /// How long things are kept by now.
    pub(crate) retention: Retention,
}
