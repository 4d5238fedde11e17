//! Taking accounts over from another system.

use std::collections::HashSet;

use mainstay_domain::{
    AuditEvent, AuditKind, InvalidValue, Origin, PasswordCredential, RoleName, User, UserId, UserStatus,
};
use mainstay_repositories::UnitOfWork;

use super::{
    ImportedUser, Refusal, UserTransfer, UsersError,
    imported_user::{differences, same_account},
    seen::Seen,
};
use crate::audit::event;

/// How an import goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// Nothing is written.
    pub dry_run: bool,
    /// An address that has an account already is passed over, even if the data differ.
    pub resume: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The account was made, or would be.
    Created(UserId),
    /// It is there already.
    Skipped(UserId),
    /// It cannot be made; why, field by field.
    Refused(Vec<Refusal>),
}

/// An account about to be made.
struct Planned {
    user: User,
    credential: Option<PasswordCredential>,
}

/// An import under way.
pub struct UserImport<'a> {
    transfer: &'a UserTransfer,
    options: ImportOptions,
    roles: HashSet<RoleName>,
    /// What rows before said; only in a dry run, for otherwise the store knows.
    seen: Seen,
}

impl UserTransfer {
    /// Begins an import.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn import(&self, options: ImportOptions) -> Result<UserImport<'_>, UsersError> {
        let roles = self.store.read().roles().list().await?;
        Ok(UserImport {
            transfer: self,
            options,
            roles: roles.into_iter().map(|role| role.name).collect(),
            seen: Seen::default(),
        })
    }
}

impl UserImport<'_> {
    /// Takes some rows over, in one unit of work where it can be; a few hundred are a good
    /// number. The answers are in the order of the rows. A row that is refused keeps no other
    /// one out. Giving the same rows again changes nothing.
    ///
    /// # Errors
    /// `Failure`; what was answered before is kept.
    #[tracing::instrument(name = "users.import", skip_all, fields(rows = rows.len()))]
    pub async fn take(&mut self, rows: Vec<ImportedUser>) -> Result<Vec<Imported>, UsersError> {
        let mut answers = Vec::with_capacity(rows.len());
        let mut planned = Vec::new();
        let mut keys = Seen::default();
        for row in rows {
            if !self.options.dry_run && keys.knows(&row) {
                // What this row clashes with must be in the store before it is judged.
                self.make(std::mem::take(&mut planned), &mut answers).await?;
                keys = Seen::default();
            }
            answers.push(match self.judge(&row).await? {
                Ok(plan) => {
                    keys.add(&row);
                    let id = plan.user.id;
                    planned.push((answers.len(), plan));
                    Imported::Created(id)
                }
                Err(answer) => answer,
            });
        }
        self.make(planned, &mut answers).await?;
        Ok(answers)
    }

    /// What to make of a row, or the answer.
    async fn judge(&mut self, row: &ImportedUser) -> Result<Result<Planned, Imported>, UsersError> {
        let mut refusals = row.refusals(self.transfer.clock.now());
        let unknown = |role: &RoleName| !self.roles.contains(role);
        if row.roles.iter().any(unknown) {
            refusals.push(Refusal::new("roles", "UNKNOWN_ROLE", "must be roles that exist"));
        }
        let hash = row.password_hash.as_deref();
        let hash = match hash.map(|hash| self.transfer.hasher.adopt(hash)).transpose() {
            Ok(hash) => hash,
            Err(reason) => {
                let field = "password_hash";
                refusals.push(Refusal { field, reason });
                None
            }
        };
        if refusals.is_empty() {
            match self.meet(row).await? {
                Some(Imported::Refused(clashes)) => refusals.extend(clashes),
                Some(answer) => return Ok(Err(answer)),
                None => {}
            }
        }
        if !refusals.is_empty() {
            return Ok(Err(Imported::Refused(refusals)));
        }
        let user = self.user(row);
        let credential = hash.map(|hash| PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: user.created_at,
        });
        Ok(Ok(Planned { user, credential }))
    }

    /// Whom a row meets who is there already.
    async fn meet(&mut self, row: &ImportedUser) -> Result<Option<Imported>, UsersError> {
        let users = self.transfer.store.read().users();
        if let Some(found) = users.find_by_email(&row.email).await? {
            return Ok(Some(self.compare(row, &found)));
        }
        let mut clashes = Vec::new();
        if let Some(username) = &row.username
            && users.find_by_username(username).await?.is_some()
        {
            clashes.push(taken("username", "USERNAME_TAKEN"));
        }
        if let Some(id) = row.id
            && users.find(id).await?.is_some()
        {
            clashes.push(taken("id", "ID_TAKEN"));
        }
        if self.options.dry_run && clashes.is_empty() {
            clashes.extend(self.seen.clashes(row));
            self.seen.add(row);
        }
        Ok((!clashes.is_empty()).then_some(Imported::Refused(clashes)))
    }

    fn compare(&self, row: &ImportedUser, found: &User) -> Imported {
        if found.status == UserStatus::Deleted {
            return Imported::Refused(vec![taken("email", "EMAIL_TAKEN")]);
        }
        if self.options.resume || same_account(row, found) {
            return Imported::Skipped(found.id);
        }
        let reason = InvalidValue::new(
            "DIFFERS",
            "differs from the account that has this address already",
        );
        let differing = differences(row, found).into_iter();
        Imported::Refused(
            differing
                .map(|field| Refusal {
                    field,
                    reason: reason.clone(),
                })
                .collect(),
        )
    }

    fn user(&self, row: &ImportedUser) -> User {
        let now = self.transfer.clock.now();
        let created_at = row.created_at.unwrap_or(now);
        let id = row
            .id
            .unwrap_or_else(|| UserId(self.transfer.entropy.id(created_at)));
        User {
            username: row.username.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            locale: row.locale.clone(),
            avatar_url: row.avatar_url.clone(),
            email_verified: row.email_verified,
            roles: row.all_roles(),
            updated_at: row.updated_at.unwrap_or(created_at),
            last_login_at: row.last_login_at,
            ..User::new(id, row.email.clone(), row.status, created_at)
        }
    }

    /// Makes accounts together; if somebody took an address meanwhile, one by one.
    async fn make(&self, planned: Vec<(usize, Planned)>, answers: &mut [Imported]) -> Result<(), UsersError> {
        if planned.is_empty() || self.options.dry_run {
            return Ok(());
        }
        let plans = planned.iter().map(|(_, plan)| plan);
        match self.write(plans).await {
            Err(error) if clash(&error).is_some() => {}
            other => return other,
        }
        for (place, plan) in &planned {
            if let Err(error) = self.write([plan]).await {
                answers[*place] = Imported::Refused(vec![clash(&error).ok_or(error)?]);
            }
        }
        Ok(())
    }

    async fn write(&self, plans: impl IntoIterator<Item = &Planned>) -> Result<(), UsersError> {
        let unit = self.transfer.store.begin().await?;
        let (mut accounts, mut administrators) = (0, 0);
        for Planned { user, credential } in plans {
            unit.users().insert(user).await?;
            if let Some(credential) = credential {
                unit.credentials().put(credential).await?;
            }
            accounts += 1;
            administrators += usize::from(user.has_role(&RoleName::admin()));
        }
        let detail = format!("{accounts} accounts, {administrators} of them administrators");
        self.transfer
            .note(&*unit, AuditKind::UsersImported, detail)
            .await?;
        Ok(unit.commit().await?)
    }
}

impl UserTransfer {
    /// Writes down that accounts came in or went out.
    pub(super) async fn note(
        &self,
        unit: &dyn UnitOfWork,
        kind: AuditKind,
        detail: String,
    ) -> Result<(), UsersError> {
        let event = AuditEvent {
            detail: Some(detail),
            ..event(&*self.entropy, self.clock.now(), kind, &Origin::default())
        };
        Ok(unit.audit_events().append(&event).await?)
    }
}

const fn taken(field: &'static str, code: &'static str) -> Refusal {
    Refusal::new(field, code, "belongs to another account")
}

/// What somebody else took while the row was on its way.
fn clash(error: &UsersError) -> Option<Refusal> {
    match error {
        UsersError::EmailTaken => Some(taken("email", "EMAIL_TAKEN")),
        UsersError::UsernameTaken => Some(taken("username", "USERNAME_TAKEN")),
        UsersError::UnknownRole => Some(Refusal::new("roles", "UNKNOWN_ROLE", "must be roles that exist")),
        _ => None,
    }
}
