//! Users in memory.

use async_trait::async_trait;
use mainstay_domain::{
    Email, Page, RoleName, Timestamp, User, UserFilter, UserId, UserQuery, UserStatus, Username,
};

use super::{
    access::{Access, Memory},
    paging::page_of,
    state::{State, ensure, insert_new},
};
use crate::{Result, UserRepository, constraint};

#[async_trait]
impl<A: Access> UserRepository for Memory<A> {
    async fn insert(&self, user: &User) -> Result<()> {
        self.0
            .write(|state| {
                require_unique(state, user)?;
                state.require_roles(&user.roles)?;
                let row = User {
                    roles: sorted(&user.roles),
                    ..user.clone()
                };
                insert_new(&mut state.users, user.id, &row, constraint::OTHER)
            })
            .await
    }

    /// Units of work run one after the other anyway.
    async fn lock(&self, id: UserId) -> Result<bool> {
        Ok(self.0.read(|state| state.users.contains_key(&id)))
    }

    async fn find(&self, id: UserId) -> Result<Option<User>> {
        Ok(self.0.read(|state| state.users.get(&id).cloned()))
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>> {
        Ok(self
            .0
            .read(|state| state.users.values().find(|user| user.email == *email).cloned()))
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>> {
        let holds_it = |user: &&User| user.username.as_ref() == Some(username);
        Ok(self.0.read(|state| state.users.values().find(holds_it).cloned()))
    }

    async fn update(&self, user: &User) -> Result<bool> {
        self.0.write(|state| update(state, user)).await
    }

    async fn set_roles(&self, id: UserId, roles: &[RoleName]) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(id)?;
                state.require_roles(roles)?;
                if let Some(user) = state.users.get_mut(&id) {
                    user.roles = sorted(roles);
                }
                Ok(())
            })
            .await
    }

    async fn record_login(&self, id: UserId, at: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let active = state.users.get_mut(&id).filter(|user| user.is_active());
                Ok(active.map(|user| user.last_login_at = Some(at)).is_some())
            })
            .await
    }

    async fn list(&self, query: &UserQuery) -> Result<Page<User>> {
        Ok(self.0.read(|state| {
            let rows = state
                .users
                .values()
                .filter(|user| meets(user, &query.filter))
                .collect();
            page_of(rows, &query.page, query.descending, |user| {
                query.sort.position(user)
            })
        }))
    }

    async fn count_active_with_role(&self, role: &RoleName, except: Option<UserId>) -> Result<u64> {
        let counts = |user: &&User| user.is_active() && user.has_role(role) && except != Some(user.id);
        Ok(self
            .0
            .read(|state| state.users.values().filter(counts).count() as u64))
    }

    async fn list_deleted(&self, before: Timestamp, limit: u32) -> Result<Vec<User>> {
        Ok(self.0.read(|state| {
            let rows = state.users.values().filter(|user| is_deleted(user, before));
            let mut users: Vec<User> = rows.cloned().collect();
            users.sort_by_key(|user| user.deleted_at);
            users.truncate(limit as usize);
            for user in &mut users {
                user.roles.clear();
            }
            users
        }))
    }

    async fn purge(&self, id: UserId, before: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let due = state.users.get(&id).is_some_and(|user| is_deleted(user, before));
                if due {
                    state.users.remove(&id);
                    state.cascade_users();
                }
                Ok(due)
            })
            .await
    }
}

fn is_deleted(user: &User, before: Timestamp) -> bool {
    user.status == UserStatus::Deleted && user.deleted_at.is_some_and(|deleted_at| deleted_at < before)
}

fn update(state: &mut State, user: &User) -> Result<bool> {
    let Some(stored) = state
        .users
        .get(&user.id)
        .filter(|stored| stored.version == user.version)
    else {
        return Ok(false);
    };
    let row = User {
        roles: stored.roles.clone(),
        version: stored.version + 1,
        created_at: stored.created_at,
        last_login_at: stored.last_login_at,
        ..user.clone()
    };
    require_unique(state, user)?;
    state.users.insert(row.id, row);
    Ok(true)
}

/// Address and user name must not be another user's.
fn require_unique(state: &State, user: &User) -> Result<()> {
    let mut others = state.users.values().filter(|other| other.id != user.id);
    let free = !others.clone().any(|other| other.email == user.email);
    ensure(free, constraint::USERS_EMAIL)?;
    let taken = user.username.is_some() && others.any(|other| other.username == user.username);
    ensure(!taken, constraint::USERS_USERNAME)
}

fn sorted(roles: &[RoleName]) -> Vec<RoleName> {
    let mut roles = roles.to_vec();
    roles.sort();
    roles.dedup();
    roles
}

fn meets(user: &User, filter: &UserFilter) -> bool {
    let status = match filter.status {
        Some(status) => user.status == status,
        None => user.status != UserStatus::Deleted,
    };
    status
        && filter.role.as_ref().is_none_or(|role| user.has_role(role))
        && filter
            .email_verified
            .is_none_or(|verified| user.email_verified == verified)
        && filter.created_since.is_none_or(|since| user.created_at >= since)
        && filter.created_until.is_none_or(|until| user.created_at < until)
        && filter
            .text
            .as_ref()
            .is_none_or(|text| user.search_text().contains(&text.to_lowercase()))
}
