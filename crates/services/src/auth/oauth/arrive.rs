//! Which account a provider's word opens.
//!
//! The identity decides, never the address: an address is looked at only once, when an identity
//! is seen for the first time, and only if the provider says that it is verified.

use mainstay_domain::{
    AuditEvent, AuditKind, AuthMethod, Email, Identity, IdentityId, Origin, ProviderName, RoleName, User,
    UserId, UserStatus,
};
use mainstay_repositories::{RepositoryError, UnitOfWork, constraint};

use super::{OauthError, OauthOutcome, begun::Arrival};
use crate::{
    auth::{AuthError, AuthService, RegistrationMode, SignInOutcome, sign_in::Proof},
    mail::{Mail, MailTemplate},
    ports::ProvedIdentity,
};

/// Losing a race this often means that something else is wrong.
const MAX_RACES: usize = 4;

/// Somebody at the door.
pub(super) struct Visitor {
    pub(super) provider: ProviderName,
    pub(super) proved: ProvedIdentity,
}

impl AuthService {
    /// Lets somebody in for whom a provider vouches, or links the identity if that is what they
    /// came for.
    pub(super) async fn arrive(
        &self,
        arrival: &Arrival,
        origin: &Origin,
    ) -> Result<OauthOutcome, OauthError> {
        let visitor = Visitor {
            provider: ProviderName::parse(&arrival.provider).map_err(|_| OauthError::CodeInvalid)?,
            proved: arrival.proved()?,
        };
        if let Some(linking) = arrival.link {
            let identity = self.link_to_caller(&visitor, linking, origin).await?;
            return Ok(OauthOutcome::Linked(Box::new(identity)));
        }
        for _ in 0..MAX_RACES {
            if let Some(outcome) = self.let_in(&visitor, origin).await? {
                return Ok(OauthOutcome::SignedIn(outcome));
            }
        }
        Err(AuthError::from(RepositoryError::Unavailable("too many at once".to_owned())).into())
    }

    /// Nothing if somebody else was faster, so that everything must be looked at again.
    async fn let_in(&self, visitor: &Visitor, origin: &Origin) -> Result<Option<SignInOutcome>, OauthError> {
        let store = self.ports.store.read();
        if let Some(identity) = store.identities().find(&visitor.proved.key).await? {
            return self.let_known_in(&identity, origin).await.map(Some);
        }
        // Before anybody is looked for: the answer is the same whether or not there is an account.
        let email = visitor
            .proved
            .email
            .as_ref()
            .filter(|_| visitor.proved.email_verified);
        let email = email.ok_or(OauthError::EmailUnverified)?;
        match store.users().find_by_email(email).await? {
            None => self.let_new_in(visitor, email, origin).await,
            Some(user) if user.email_verified => self.link_verified(visitor, user, origin).await,
            Some(user) => self.let_claimant_in(visitor, user, origin).await,
        }
    }

    async fn let_known_in(&self, identity: &Identity, origin: &Origin) -> Result<SignInOutcome, OauthError> {
        let found = self.ports.store.read().users().find(identity.user_id).await?;
        let user = found.ok_or(AuthError::InvalidCredentials)?;
        self.admit(&user, origin).await?;
        let unit = self.ports.store.begin().await?;
        // The user before the identity, as whoever links one does: no deadlock between them.
        unit.users().lock(user.id).await?;
        unit.identities().record_use(identity.id, self.now()).await?;
        self.enter_by_provider(unit, user, origin).await
    }

    /// Makes an account, where strangers may.
    async fn let_new_in(
        &self,
        visitor: &Visitor,
        email: &Email,
        origin: &Origin,
    ) -> Result<Option<SignInOutcome>, OauthError> {
        match self.settings.registration {
            RegistrationMode::Invite | RegistrationMode::Closed => {
                return Err(AuthError::RegistrationClosed.into());
            }
            // The provider has seen to the address.
            RegistrationMode::Open | RegistrationMode::Verified => {}
        }
        let now = self.now();
        let user = User {
            first_name: visitor.proved.first_name.clone(),
            last_name: visitor.proved.last_name.clone(),
            email_verified: true,
            roles: vec![RoleName::user()],
            ..User::new(
                UserId(self.ports.entropy.id(now)),
                email.clone(),
                UserStatus::Active,
                now,
            )
        };
        let unit = self.ports.store.begin().await?;
        match unit.users().insert(&user).await {
            Err(error) if error.is_conflict(constraint::USERS_EMAIL) => return Ok(None),
            inserted => inserted?,
        }
        let event = self.event(AuditKind::UserRegistered, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        if self
            .add_identity(&*unit, visitor, user.id, origin)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        self.enter_by_provider(unit, user, origin).await.map(Some)
    }

    /// Both sides have proved the address.
    async fn link_verified(
        &self,
        visitor: &Visitor,
        user: User,
        origin: &Origin,
    ) -> Result<Option<SignInOutcome>, OauthError> {
        self.admit(&user, origin).await?;
        let unit = self.ports.store.begin().await?;
        unit.users().lock(user.id).await?;
        // It may have moved to another address meanwhile.
        let unchanged = unit.users().find(user.id).await?;
        if unchanged.is_none_or(|now| now.email != user.email || !now.email_verified || !now.is_active()) {
            return Ok(None);
        }
        if self
            .add_identity(&*unit, visitor, user.id, origin)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        self.tell_of_link(&*unit, visitor, &user, origin).await?;
        self.enter_by_provider(unit, user, origin).await.map(Some)
    }

    /// Links an identity in a unit of work; nothing if it is linked already, after which the
    /// unit of work must be dropped.
    pub(super) async fn add_identity(
        &self,
        unit: &dyn UnitOfWork,
        visitor: &Visitor,
        user_id: UserId,
        origin: &Origin,
    ) -> Result<Option<Identity>, OauthError> {
        let now = self.now();
        let identity = Identity {
            id: IdentityId(self.ports.entropy.id(now)),
            user_id,
            provider: visitor.provider.clone(),
            key: visitor.proved.key.clone(),
            email: visitor.proved.email.clone(),
            created_at: now,
            last_used_at: Some(now),
        };
        match unit.identities().insert(&identity).await {
            Err(error) if error.is_conflict(constraint::IDENTITIES_SUBJECT) => return Ok(None),
            inserted => inserted?,
        }
        let event = AuditEvent {
            detail: Some(visitor.provider.to_string()),
            actor_id: Some(user_id),
            ..self.event(AuditKind::IdentityLinked, Some(user_id), origin)
        };
        unit.audit_events().append(&event).await?;
        Ok(Some(identity))
    }

    /// The owner should know what opens their account (ASVS 5.0 6.3.7).
    pub(super) async fn tell_of_link(
        &self,
        unit: &dyn UnitOfWork,
        visitor: &Visitor,
        user: &User,
        origin: &Origin,
    ) -> Result<(), OauthError> {
        let mail = Mail::to_user(user, MailTemplate::IDENTITY_LINKED).value("provider", &visitor.provider);
        self.ports.mail.enqueue(unit, &mail, None, origin).await?;
        Ok(())
    }

    pub(super) async fn enter_by_provider(
        &self,
        unit: Box<dyn UnitOfWork>,
        user: User,
        origin: &Origin,
    ) -> Result<SignInOutcome, OauthError> {
        let methods = AuthMethod::Provider.into();
        Ok(self.sign_in(unit, Proof { user, methods }, origin).await?)
    }
}
