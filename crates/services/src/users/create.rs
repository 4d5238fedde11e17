//! Making an account for somebody else.

use mainstay_domain::{
    AuditKind, Email, Locale, Origin, PersonName, Principal, RoleName, User, UserId, UserStatus, Username,
};

use super::{UserService, UsersError};
use crate::{authorization::outranks, mail::AccountMail};

/// An account an administrator makes. It has no password: an administrator never learns one.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Address.
    pub email: Email,
    /// Login name.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
    /// Preferred language.
    pub locale: Option<Locale>,
    /// Roles to grant besides `user`.
    pub roles: Vec<RoleName>,
}

impl UserService {
    /// Makes an account in the status `invited` and mails its owner a link to take it up; asks for the permission `users:write`, and
    /// for roles to grant also `roles:write`.
    ///
    /// # Errors
    /// `EmailTaken`, `UsernameTaken`, `UnknownRole`, `Outranked`, `Failure`.
    #[tracing::instrument(name = "users.create", skip_all)]
    pub async fn create(&self, actor: &Principal, new: NewUser, origin: &Origin) -> Result<User, UsersError> {
        if !outranks(actor, &new.roles, &self.ports.roles).await? {
            return Err(UsersError::Outranked);
        }
        let now = self.ports.clock.now();
        let id = UserId(self.ports.entropy.id(now));
        let user = User {
            username: new.username,
            first_name: new.first_name,
            last_name: new.last_name,
            locale: new.locale,
            roles: with_user_role(new.roles),
            ..User::new(id, new.email, UserStatus::Invited, now)
        };
        let unit = self.ports.store.begin().await?;
        unit.users().insert(&user).await?;
        let event = self.event(AuditKind::UserCreated, actor, id, origin);
        unit.audit_events().append(&event).await?;
        let invitation = AccountMail::Invitation(id.uuid());
        self.ports.mail.ask(&*unit, &invitation, origin).await?;
        unit.commit().await?;
        Ok(user)
    }
}

/// Sorted, without repetition, and with the role everybody holds.
pub(super) fn with_user_role(mut roles: Vec<RoleName>) -> Vec<RoleName> {
    roles.push(RoleName::user());
    roles.sort();
    roles.dedup();
    roles
}
