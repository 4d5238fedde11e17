//! The routes of accounts, users, roles and the audit log, and the services behind them.

use std::sync::Arc;

use actix_web::web::Data;
use mainstay_services::{
    audit::AuditService,
    auth::AuthService,
    jobs::JobService,
    roles::RoleService,
    users::{UserService, UserTransfer},
};

use crate::{app::Routes, audit, auth, jobs, roles, users};

/// The services behind Mainstay's own routes.
#[derive(Clone)]
pub struct Services {
    /// Registration, login, sessions, passwords.
    pub auth: Arc<AuthService>,
    /// Profiles and their administration.
    pub users: Arc<UserService>,
    /// Roles.
    pub roles: Arc<RoleService>,
    /// The audit log.
    pub audit: Arc<AuditService>,
    /// The queue.
    pub jobs: Arc<JobService>,
    /// Accounts in bulk; for the command line, no route leads there.
    pub transfer: Arc<UserTransfer>,
}

impl Services {
    /// The routes, through the same door as a product's. The first-administrator page is
    /// mounted along with them.
    #[must_use]
    pub fn routes(self) -> Routes {
        Arc::new(move |config| {
            config
                .app_data(Data::from(Arc::clone(&self.auth)))
                .app_data(Data::from(Arc::clone(&self.users)))
                .app_data(Data::from(Arc::clone(&self.roles)))
                .app_data(Data::from(Arc::clone(&self.audit)))
                .app_data(Data::from(Arc::clone(&self.jobs)))
                .configure(users::configure)
                .configure(auth::configure)
                .configure(roles::configure)
                .configure(audit::configure)
                .configure(jobs::configure)
                .configure(|config: &mut utoipa_actix_web::service_config::ServiceConfig| {
                    config.map(|config| config.configure(auth::configure_pages));
                });
        })
    }
}
