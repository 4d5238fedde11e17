//! Who may change whom.

use mainstay_domain::{Principal, RoleName};
use mainstay_repositories::Result;

use crate::RoleCatalogue;

/// Whether `actor` holds everything that `roles` grant. Without this rule whoever may write
/// users could disable an administrator, and whoever may grant roles could become one.
pub(crate) async fn outranks(
    actor: &Principal,
    roles: &[RoleName],
    catalogue: &RoleCatalogue,
) -> Result<bool> {
    let granted = catalogue.permissions_of(roles).await?;
    Ok(granted.is_subset(&actor.permissions))
}
