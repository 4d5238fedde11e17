//! Roles in memory.

use async_trait::async_trait;
use mainstay_domain::{Role, RoleName};

use super::{
    access::{Access, Memory},
    state::{State, insert_new},
};
use crate::{Result, RoleRepository, constraint};

#[async_trait]
impl<A: Access> RoleRepository for Memory<A> {
    async fn list(&self) -> Result<Vec<Role>> {
        Ok(self.0.read(|state| state.roles.values().cloned().collect()))
    }

    async fn find(&self, name: &RoleName) -> Result<Option<Role>> {
        Ok(self.0.read(|state| state.roles.get(name).cloned()))
    }

    async fn insert(&self, role: &Role) -> Result<()> {
        self.0
            .write(|state| insert_new(&mut state.roles, role.name.clone(), role, constraint::ROLES_NAME))
            .await
    }

    async fn update(&self, role: &Role) -> Result<bool> {
        self.0.write(|state| Ok(update(state, role))).await
    }

    async fn delete(&self, name: &RoleName) -> Result<bool> {
        self.0
            .write(|state| {
                for user in state.users.values_mut() {
                    user.roles.retain(|held| held != name);
                }
                Ok(state.roles.remove(name).is_some())
            })
            .await
    }

    /// Units of work run one after the other anyway.
    async fn lock(&self, name: &RoleName) -> Result<bool> {
        Ok(self.0.read(|state| state.roles.contains_key(name)))
    }
}

fn update(state: &mut State, role: &Role) -> bool {
    let stored = state.roles.get_mut(&role.name);
    let Some(stored) = stored.filter(|stored| stored.version == role.version) else {
        return false;
    };
    stored.description.clone_from(&role.description);
    stored.permissions.clone_from(&role.permissions);
    stored.updated_at = role.updated_at;
    stored.version += 1;
    true
}
