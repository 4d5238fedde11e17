//! Replacing the key that access tokens are signed with.

use mainstay_domain::{AuditEvent, AuditKind, Origin, SigningKey};

use super::{SigningKeyError, SigningKeyService};
use crate::audit::event;

/// How a key is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new key is published now and signs after the publication time; the old one verifies
    /// until the last of its tokens has expired.
    Overlapping,
    /// The new key signs now and the old ones are removed, because somebody else may have them.
    /// Access tokens work no more; clients refresh them, and nobody is logged out.
    AtOnce,
}

impl SigningKeyService {
    /// Makes a new key of the configured algorithm. Keys whose last token has expired are removed.
    ///
    /// # Errors
    /// `Symmetric`, `Raced`, `Failure`.
    #[tracing::instrument(name = "signing_keys.rotate", skip_all)]
    pub async fn rotate(&self, rotation: Rotation) -> Result<SigningKey, SigningKeyError> {
        if !self.settings.algorithm.is_asymmetric() {
            return Err(SigningKeyError::Symmetric);
        }
        // There must be a key that signs until the new one does.
        self.prepare().await?;
        let stored = self.ports.store.read().signing_keys().list().await?;
        let now = self.ports.clock.now();
        let key = match rotation {
            Rotation::Overlapping => self.make(&stored, now + self.settings.publish_for)?,
            Rotation::AtOnce => self.make(&stored, now)?,
        };
        let unit = self.ports.store.begin().await?;
        if !unit.signing_keys().insert(&key).await? {
            return Err(SigningKeyError::Raced);
        }
        for old in self.outlived(&stored, rotation) {
            unit.signing_keys().delete(&old.kid).await?;
        }
        let event = AuditEvent {
            detail: Some(key.kid.clone()),
            ..event(
                &*self.ports.entropy,
                now,
                AuditKind::SigningKeyRotated,
                &Origin::default(),
            )
        };
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.load().await?;
        Ok(key)
    }

    /// The keys that are not needed any more once there is a new one.
    fn outlived<'a>(
        &'a self,
        stored: &'a [SigningKey],
        rotation: Rotation,
    ) -> impl Iterator<Item = &'a SigningKey> {
        let now = self.ports.clock.now();
        stored.iter().filter(move |key| {
            let expired = self.verifies_until(key, stored).is_some_and(|end| end <= now);
            let replaced = rotation == Rotation::AtOnce && key.algorithm == self.settings.algorithm;
            expired || replaced
        })
    }
}
