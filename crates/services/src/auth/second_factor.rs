//! Which second factors an account has.

use mainstay_domain::{SecondFactorKind, User};
use mainstay_repositories::Repositories;

use super::{AuthError, AuthService};

impl AuthService {
    /// The second factors a user can prove, in the order to offer them; none if one factor
    /// is enough.
    #[allow(clippy::unused_async, reason = "factors will be looked up")]
    pub(super) async fn second_factors(
        &self,
        _store: &dyn Repositories,
        _user: &User,
    ) -> Result<Vec<SecondFactorKind>, AuthError> {
        Ok(Vec::new())
    }
}
