//! Linking an identity to the account that one is logged in to.

use mainstay_domain::{Identity, Origin, SessionId, User};

use super::{OauthError, arrive::Visitor, begun::Linking};
use crate::auth::{AuthError, AuthService};

impl AuthService {
    /// Links an identity to the account of whoever began it, whatever its address: they have
    /// proved both. Their session must still be alive.
    pub(super) async fn link_to_caller(
        &self,
        visitor: &Visitor,
        linking: Linking,
        origin: &Origin,
    ) -> Result<Identity, OauthError> {
        let user = self.linking_user(linking).await?;
        if let Some(known) = self.known_identity(visitor, &user).await? {
            return Ok(known);
        }
        let unit = self.ports.store.begin().await?;
        unit.users().lock(user.id).await?;
        let Some(identity) = self.add_identity(&*unit, visitor, user.id, origin).await? else {
            drop(unit);
            let known = self.known_identity(visitor, &user).await?;
            return known.ok_or(OauthError::IdentityTaken);
        };
        self.tell_of_link(&*unit, visitor, &user, origin).await?;
        unit.commit().await?;
        Ok(identity)
    }

    async fn linking_user(&self, linking: Linking) -> Result<User, OauthError> {
        let sessions = self.ports.store.read().sessions();
        let found = sessions.find_with_user(SessionId(linking.session)).await?;
        let now = self.now();
        let alive = found.filter(|(session, user)| {
            session.is_alive(now) && user.is_active() && user.id.uuid() == linking.user
        });
        let (_, user) = alive.ok_or(AuthError::InvalidAccessToken)?;
        Ok(user)
    }

    /// The link, if the identity is linked to this user already.
    async fn known_identity(&self, visitor: &Visitor, user: &User) -> Result<Option<Identity>, OauthError> {
        let identities = self.ports.store.read().identities();
        match identities.find(&visitor.proved.key).await? {
            Some(identity) if identity.user_id != user.id => Err(OauthError::IdentityTaken),
            found => Ok(found),
        }
    }
}
