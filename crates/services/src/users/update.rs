//! Changing a profile.

use mainstay_domain::{
    AuditKind, Email, Locale, Origin, PersonName, Principal, User, UserId, Username, Version,
};
use mainstay_repositories::UnitOfWork;

use super::{UserService, UsersError, service::refuse_other_version};
use crate::mail::{AccountMail, Mail, MailTemplate};

/// Lost races before giving up; without `If-Match` the last writer wins field by field.
const MAX_RACES: usize = 5;

/// What shall become of an optional field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It gets this value.
    Set(T),
}

impl<T: Clone> Change<T> {
    fn apply(&self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value.clone()),
        }
    }
}

/// Changes to a profile; everything else about a user is out of reach here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChanges {
    /// Address; administrators only, owners confirm a new one by mail. It becomes unverified.
    pub email: Option<Email>,
    /// Login name.
    pub username: Change<Username>,
    /// Given name.
    pub first_name: Change<PersonName>,
    /// Family name.
    pub last_name: Change<PersonName>,
    /// Preferred language.
    pub locale: Change<Locale>,
}

impl ProfileChanges {
    fn apply(&self, user: &mut User) {
        if let Some(email) = &self.email {
            user.email_verified = user.email_verified && user.email == *email;
            user.email = email.clone();
        }
        self.username.apply(&mut user.username);
        self.first_name.apply(&mut user.first_name);
        self.last_name.apply(&mut user.last_name);
        self.locale.apply(&mut user.locale);
    }
}

impl UserService {
    /// Changes the caller's own profile.
    ///
    /// # Errors
    /// `UsernameTaken`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.update_me", skip_all)]
    pub async fn update_me(
        &self,
        caller: &Principal,
        changes: &ProfileChanges,
        expected: Option<Version>,
        origin: &Origin,
    ) -> Result<User, UsersError> {
        for _ in 0..MAX_RACES {
            let found = self.ports.store.read().users().find(caller.user.id).await?;
            let user = found.ok_or(UsersError::NotFound)?;
            refuse_other_version(&user, expected)?;
            if let Some(saved) = self.try_update(caller, user, changes, origin).await? {
                return Ok(saved);
            }
        }
        Err(UsersError::VersionMismatch)
    }

    /// Changes somebody's profile; asks for the permission `users:write`.
    ///
    /// # Errors
    /// `NotFound`, `Outranked`, `EmailTaken`, `UsernameTaken`, `VersionMismatch`, `Failure`.
    #[tracing::instrument(name = "users.update", skip_all)]
    pub async fn update(
        &self,
        actor: &Principal,
        (id, expected): (UserId, Option<Version>),
        changes: &ProfileChanges,
        origin: &Origin,
    ) -> Result<User, UsersError> {
        for _ in 0..MAX_RACES {
            let user = self.manageable(actor, id, expected).await?;
            if let Some(saved) = self.try_update(actor, user, changes, origin).await? {
                return Ok(saved);
            }
        }
        Err(UsersError::VersionMismatch)
    }

    /// Tells the old address, and asks the new one to be verified.
    async fn tell_of_move(
        &self,
        unit: &dyn UnitOfWork,
        (before, after): (&User, &User),
        origin: &Origin,
    ) -> Result<(), UsersError> {
        let new = after.email.as_str();
        let notice = Mail::to_user(before, MailTemplate::EMAIL_CHANGED_NOTICE).value("new_email", new);
        self.ports.mail.enqueue(unit, &notice, None, origin).await?;
        let verify = AccountMail::VerifyEmail(new.to_owned());
        self.ports.mail.ask(unit, &verify, origin).await?;
        Ok(())
    }

    /// The saved user, or none if somebody else saved it first.
    async fn try_update(
        &self,
        actor: &Principal,
        mut user: User,
        changes: &ProfileChanges,
        origin: &Origin,
    ) -> Result<Option<User>, UsersError> {
        let before = user.clone();
        changes.apply(&mut user);
        if user == before && user.email.as_str() == before.email.as_str() {
            return Ok(Some(user));
        }
        let event = self.event(AuditKind::UserUpdated, actor, user.id, origin);
        let unit = self.ports.store.begin().await?;
        if before.is_active() && user.email != before.email {
            self.tell_of_move(&*unit, (&before, &user), origin).await?;
        }
        match self.save(unit, user, event).await {
            Ok(saved) => Ok(Some(saved)),
            Err(UsersError::VersionMismatch) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
