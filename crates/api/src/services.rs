//! The routes of accounts, users, roles and the audit log, and the services behind them.

use std::sync::Arc;

use actix_web::web::Data;
use mainstay_services::{
    api_keys::ApiKeyService,
    audit::AuditService,
    auth::AuthService,
    jobs::JobService,
    privacy::PrivacyService,
    roles::RoleService,
    signing_keys::SigningKeyService,
    storage::StorageService,
    system::SystemService,
    users::{AvatarService, UserService, UserTransfer},
};

use crate::{
    api_keys,
    app::Routes,
    audit,
    auth::{self, Doorkeeper},
    extract::Authenticator,
    jobs, roles, signing_keys, storage, system, users,
};

/// The services behind Mainstay's own routes.
#[derive(Clone)]
pub struct Services {
    /// Registration, login, sessions, passwords.
    pub auth: Arc<AuthService>,
    /// Profiles and their administration.
    pub users: Arc<UserService>,
    /// Pictures of users.
    pub avatars: Arc<AvatarService>,
    /// Roles.
    pub roles: Arc<RoleService>,
    /// The audit log.
    pub audit: Arc<AuditService>,
    /// The queue.
    pub jobs: Arc<JobService>,
    /// Accounts in bulk; for the command line, no route leads there.
    pub transfer: Arc<UserTransfer>,
    /// Keys for programs.
    pub api_keys: Arc<ApiKeyService>,
    /// Keys that access tokens are signed with.
    pub signing_keys: Arc<SigningKeyService>,
    /// Buckets and files.
    pub storage: Arc<StorageService>,
    /// What this process logs.
    pub system: Arc<SystemService>,
    /// What is held about persons.
    pub privacy: Arc<PrivacyService>,
}

impl Services {
    /// Knows everybody who has an access token or an API key.
    #[must_use]
    pub fn authenticator(&self) -> Arc<dyn Authenticator> {
        Arc::new(Doorkeeper {
            auth: Arc::clone(&self.auth),
            api_keys: Arc::clone(&self.api_keys),
            signing_keys: Arc::clone(&self.signing_keys),
        })
    }

    /// The routes, through the same door as a product's. The first-administrator page is
    /// mounted along with them.
    #[must_use]
    pub fn routes(self) -> Routes {
        Arc::new(move |config| {
            config
                .app_data(Data::from(Arc::clone(&self.auth)))
                .app_data(Data::from(Arc::clone(&self.users)))
                .app_data(Data::from(Arc::clone(&self.avatars)))
                .app_data(Data::from(Arc::clone(&self.roles)))
                .app_data(Data::from(Arc::clone(&self.audit)))
                .app_data(Data::from(Arc::clone(&self.jobs)))
                .app_data(Data::from(Arc::clone(&self.api_keys)))
                .app_data(Data::from(Arc::clone(&self.signing_keys)))
                .app_data(Data::from(Arc::clone(&self.privacy)))
                .app_data(Data::from(Arc::clone(&self.storage)))
                .app_data(Data::from(Arc::clone(&self.system)))
                .configure(users::configure)
                .configure(signing_keys::configure)
                .configure(api_keys::configure)
                .configure(auth::configure)
                .configure(roles::configure)
                .configure(audit::configure)
                .configure(jobs::configure)
                .configure(system::configure_operations)
                .configure(storage::configure)
                .configure(|config: &mut utoipa_actix_web::service_config::ServiceConfig| {
                    config.map(|config| config.configure(auth::configure_pages));
                });
        })
    }
}
