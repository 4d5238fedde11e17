//! The first administrator: a link that works once, printed on the console.

use mainstay_domain::{AuditKind, OneTimeToken, Origin, RoleName, TokenPurpose, User, truncate_to_micros};

use super::{
    AuthError, AuthService, NewAdmin,
    network::Counter,
    one_time_token::{hash_of, new_token},
    register::insert_account,
};

impl AuthService {
    /// Makes the token of a first-administrator link, if there is no administrator yet. Older
    /// links stop working.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn issue_first_admin_token(&self) -> Result<Option<String>, AuthError> {
        let users = self.ports.store.read().users();
        if users.count_active_with_role(&RoleName::admin(), None).await? > 0 {
            return Ok(None);
        }
        let token = new_token(&*self.ports.entropy);
        let now = self.now();
        let unit = self.ports.store.begin().await?;
        unit.one_time_tokens()
            .delete_all(TokenPurpose::FirstAdmin)
            .await?;
        unit.one_time_tokens()
            .insert(&OneTimeToken {
                hash: hash_of(&token),
                purpose: TokenPurpose::FirstAdmin,
                user_id: None,
                created_at: now,
                expires_at: truncate_to_micros(now + self.settings.first_admin_ttl),
                payload: None,
                tries: 0,
            })
            .await?;
        unit.commit().await?;
        Ok(Some(token))
    }

    /// Makes the first administrator of whoever holds the link. Of two at the same time one
    /// wins.
    ///
    /// # Errors
    /// `SetupLinkInvalid`, `EmailTaken`, `UsernameTaken`, `WeakPassword`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.create_first_admin", skip_all)]
    pub async fn create_first_admin(
        &self,
        token: &str,
        admin: NewAdmin,
        origin: &Origin,
    ) -> Result<User, AuthError> {
        // Counted before hashing: a stranger without the link must not keep the hash pool busy.
        self.count_from(Counter::Registrations, origin).await?;
        let (user, credential) = self.prepare_admin(admin).await?;
        let unit = self.ports.store.begin().await?;
        unit.roles().lock(&RoleName::admin()).await?;
        let consumed = unit
            .one_time_tokens()
            .consume(&hash_of(token), TokenPurpose::FirstAdmin, self.now())
            .await?;
        let admins = unit
            .users()
            .count_active_with_role(&RoleName::admin(), None)
            .await?;
        if consumed.is_none() || admins > 0 {
            return Err(AuthError::SetupLinkInvalid);
        }
        insert_account(&*unit, &user, &credential).await?;
        let event = self.event(AuditKind::FirstAdminCreated, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(user)
    }
}
