//! Taking the avatar of a user away who is purged.

use mainstay_domain::{Timestamp, User, UserId};
use mainstay_repositories::Store;

use super::change::Change;
use crate::Failure;

/// Takes a user's avatar away, however often the user changes meanwhile; tells whether there was one.
///
/// # Errors
/// `Failure`.
pub(crate) async fn erase_avatar(
    store: &dyn Store,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, Failure> {
    loop {
        let Some(user) = store.read().users().find(user_id).await? else {
            return Ok(false);
        };
        let Some(before) = store.read().avatars().find_of(user_id).await? else {
            return Ok(false);
        };
        let change = Change {
            user: User {
                avatar_url: None,
                ..user
            },
            before: Some(before),
            after: None,
        };
        if change.save(store, now, None).await?.is_some() {
            return Ok(true);
        }
    }
}
