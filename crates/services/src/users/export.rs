//! Handing accounts out, page by page.

use mainstay_domain::{AuditKind, MAX_PAGE_LIMIT, PageRequest, PasswordHash, Position, User, UserQuery};

use super::{UserTransfer, UsersError};

/// An account on its way out.
#[derive(Debug, Clone)]
pub struct ExportedUser {
    /// The account.
    pub user: User,
    /// The hash of its password, if hashes were asked for and it has one.
    pub hash: Option<PasswordHash>,
}

/// An export under way.
pub struct UserExport<'a> {
    transfer: &'a UserTransfer,
    with_hashes: bool,
    after: Option<Position>,
    ended: bool,
}

impl UserTransfer {
    /// Begins to hand out every account but deleted ones, oldest first. It is written down
    /// before the first one leaves.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "users.export", skip_all)]
    pub async fn export(&self, with_hashes: bool) -> Result<UserExport<'_>, UsersError> {
        let unit = self.store.begin().await?;
        let detail = if with_hashes {
            "with hashes"
        } else {
            "without hashes"
        };
        self.note(&*unit, AuditKind::UsersExported, detail.to_owned())
            .await?;
        unit.commit().await?;
        Ok(UserExport {
            transfer: self,
            with_hashes,
            after: None,
            ended: false,
        })
    }
}

impl UserExport<'_> {
    /// The next accounts; none at the end.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn next(&mut self) -> Result<Vec<ExportedUser>, UsersError> {
        if self.ended {
            return Ok(Vec::new());
        }
        let query = UserQuery {
            page: PageRequest {
                limit: MAX_PAGE_LIMIT,
                after: self.after.take(),
                with_total: false,
            },
            ..UserQuery::default()
        };
        let page = self.transfer.store.read().users().list(&query).await?;
        self.ended = page.next.is_none();
        self.after = page.next;
        let mut exported = Vec::with_capacity(page.items.len());
        for user in page.items {
            let hash = self.hash_of(&user).await?;
            exported.push(ExportedUser { user, hash });
        }
        Ok(exported)
    }

    async fn hash_of(&self, user: &User) -> Result<Option<PasswordHash>, UsersError> {
        if !self.with_hashes {
            return Ok(None);
        }
        let credential = self.transfer.store.read().credentials().find(user.id).await?;
        Ok(credential.map(|credential| credential.hash))
    }
}
