//! Taking over an account whose address nobody ever proved.
//!
//! Whoever made it may have wanted just this: that the owner of the address comes later, and
//! finds an account that somebody else can open, too ("pre-hijacking").

use mainstay_domain::{AuditEvent, AuditKind, Origin, User, UserStatus};

use super::{OauthError, arrive::Visitor};
use crate::auth::{AuthService, SignInOutcome, forget_factors};

impl AuthService {
    /// Gives an account with an unproved address to whom a provider vouches for. Everything that
    /// opened it before is void: password, API keys, factors, passkeys, sessions, identities, and what was mailed.
    pub(super) async fn let_claimant_in(
        &self,
        visitor: &Visitor,
        user: User,
        origin: &Origin,
    ) -> Result<Option<SignInOutcome>, OauthError> {
        let claimed = User {
            email_verified: true,
            // Whom an administrator invited has now come.
            status: match user.status {
                UserStatus::Invited => UserStatus::Active,
                other => other,
            },
            updated_at: self.now(),
            ..user
        };
        self.admit(&claimed, origin).await?;
        let unit = self.ports.store.begin().await?;
        unit.users().lock(claimed.id).await?;
        // Only if it still is the account that was looked at.
        if !unit.users().update(&claimed).await? {
            return Ok(None);
        }
        self.void_openers(&*unit, &claimed).await?;
        unit.credentials().delete(claimed.id).await?;
        forget_factors(&*unit, claimed.id).await?;
        let event = AuditEvent {
            detail: Some(visitor.provider.to_string()),
            actor_id: Some(claimed.id),
            ..self.event(AuditKind::AccountClaimed, Some(claimed.id), origin)
        };
        unit.audit_events().append(&event).await?;
        if self
            .add_identity(&*unit, visitor, claimed.id, origin)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        self.tell_of_link(&*unit, visitor, &claimed, origin).await?;
        let id = claimed.id;
        let outcome = self.enter_by_provider(unit, claimed, origin).await?;
        self.ports.principals.forget_user(id);
        Ok(Some(outcome))
    }
}
