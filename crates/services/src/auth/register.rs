//! Registration by the owner.

use mainstay_domain::{
    AuditKind, Email, Origin, Password, PasswordCredential, PersonName, RoleName, User, UserId, UserStatus,
    Username,
};
use mainstay_repositories::{RepositoryError, UnitOfWork, constraint};

use super::{AuthError, AuthService, RegistrationMode};

/// What somebody gives to make an account.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Address.
    pub email: Email,
    /// Password.
    pub password: Password,
    /// Login name.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
}

impl Registration {
    /// What a guesser would try first.
    pub(super) fn context(&self) -> Vec<String> {
        let names = [
            self.username.as_ref().map(Username::as_str),
            self.first_name.as_ref().map(PersonName::as_str),
            self.last_name.as_ref().map(PersonName::as_str),
        ];
        std::iter::once(self.email.as_str())
            .chain(names.into_iter().flatten())
            .map(str::to_owned)
            .collect()
    }
}

impl AuthService {
    /// Makes an account with the role `user`, ready to log in.
    ///
    /// # Errors
    /// `RegistrationClosed`, `Throttled`, `EmailTaken`, `UsernameTaken`, `WeakPassword`, `Failure`.
    #[tracing::instrument(name = "auth.register", skip_all)]
    pub async fn register(&self, registration: Registration, origin: &Origin) -> Result<User, AuthError> {
        if self.settings.registration == RegistrationMode::Closed {
            return Err(AuthError::RegistrationClosed);
        }
        self.count_registration(origin).await?;
        self.refuse_taken(&registration).await?;
        self.check_strength(&registration.password, registration.context())
            .await?;
        let hash = self.ports.hasher.hash(&registration.password).await?;
        let user = self.new_user(&registration, vec![RoleName::user()]);
        let unit = self.ports.store.begin().await?;
        let credential = PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: user.created_at,
        };
        insert_account(&*unit, &user, &credential).await?;
        unit.audit_events()
            .append(&self.event(AuditKind::UserRegistered, Some(user.id), origin))
            .await?;
        unit.commit().await?;
        Ok(user)
    }

    /// Spares a hash where the answer is known; the unique constraints decide in the end.
    async fn refuse_taken(&self, registration: &Registration) -> Result<(), AuthError> {
        let users = self.ports.store.read();
        if users.users().find_by_email(&registration.email).await?.is_some() {
            return Err(AuthError::EmailTaken);
        }
        if let Some(username) = &registration.username
            && users.users().find_by_username(username).await?.is_some()
        {
            return Err(AuthError::UsernameTaken);
        }
        Ok(())
    }

    pub(super) fn new_user(&self, registration: &Registration, roles: Vec<RoleName>) -> User {
        let now = self.now();
        let id = UserId(self.ports.entropy.id(now));
        User {
            username: registration.username.clone(),
            first_name: registration.first_name.clone(),
            last_name: registration.last_name.clone(),
            roles,
            ..User::new(id, registration.email.clone(), UserStatus::Active, now)
        }
    }
}

/// Adds user and credential, and names what they clash with.
pub(super) async fn insert_account(
    unit: &dyn UnitOfWork,
    user: &User,
    credential: &PasswordCredential,
) -> Result<(), AuthError> {
    unit.users().insert(user).await.map_err(taken)?;
    unit.credentials().put(credential).await?;
    Ok(())
}

fn taken(error: RepositoryError) -> AuthError {
    if error.is_conflict(constraint::USERS_EMAIL) {
        AuthError::EmailTaken
    } else if error.is_conflict(constraint::USERS_USERNAME) {
        AuthError::UsernameTaken
    } else {
        error.into()
    }
}
