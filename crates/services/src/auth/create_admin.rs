//! Making an administrator from the command line.

use mainstay_domain::{
    AuditEvent, AuditKind, Email, Origin, Password, PasswordCredential, RoleName, User, Username,
};

use super::{AuthError, AuthService, Registration, register::insert_account};

/// Who the administrator is.
#[derive(Debug, Clone)]
pub struct NewAdmin {
    /// Address; taken as verified.
    pub email: Email,
    /// Password.
    pub password: Password,
    /// Login name.
    pub username: Option<Username>,
}

impl AuthService {
    /// Makes an administrator; for whoever has a shell on the server.
    ///
    /// # Errors
    /// `EmailTaken`, `UsernameTaken`, `WeakPassword`, `Failure`.
    #[tracing::instrument(name = "auth.create_admin", skip_all)]
    pub async fn create_admin(&self, admin: NewAdmin) -> Result<User, AuthError> {
        let (user, credential) = self.prepare_admin(admin).await?;
        let unit = self.ports.store.begin().await?;
        insert_account(&*unit, &user, &credential).await?;
        let event = AuditEvent {
            detail: Some("command line".to_owned()),
            ..self.event(AuditKind::UserCreated, Some(user.id), &Origin::default())
        };
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(user)
    }

    /// Does everything slow before a unit of work is open.
    pub(super) async fn prepare_admin(
        &self,
        admin: NewAdmin,
    ) -> Result<(User, PasswordCredential), AuthError> {
        let registration = Registration {
            email: admin.email,
            password: admin.password,
            username: admin.username,
            first_name: None,
            last_name: None,
        };
        self.check_strength(&registration.password, registration.context())
            .await?;
        let hash = self.ports.hasher.hash(&registration.password).await?;
        let mut user = self.new_user(&registration, vec![RoleName::admin(), RoleName::user()]);
        user.email_verified = true;
        let credential = PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: user.created_at,
        };
        Ok((user, credential))
    }
}
