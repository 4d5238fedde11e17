//! A principal cache that never forgets by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use mainstay_domain::{ApiKeyId, CredentialId, Principal, SessionId, UserId};
use mainstay_services::ports::{CacheTicket, PrincipalCache};

/// Remembers until told otherwise, so that a test sees a missing `forget_*`.
#[derive(Default)]
pub struct MapCache(Mutex<(u64, HashMap<CredentialId, Arc<Principal>>)>);

impl MapCache {
    fn forget(&self, gone: impl Fn(&Principal) -> bool) {
        let mut state = self.0.lock().expect("no test panicked while holding it");
        state.0 += 1;
        state.1.retain(|_, principal| !gone(principal));
    }
}

impl PrincipalCache for MapCache {
    fn get(&self, credential: CredentialId) -> Option<Arc<Principal>> {
        self.0.lock().expect("not poisoned").1.get(&credential).cloned()
    }

    fn ticket(&self) -> CacheTicket {
        CacheTicket::new(self.0.lock().expect("not poisoned").0)
    }

    fn put(&self, ticket: CacheTicket, principal: Arc<Principal>) {
        let mut state = self.0.lock().expect("not poisoned");
        if state.0 == ticket.epoch {
            state.1.insert(principal.credential_id(), principal);
        }
    }

    fn forget_session(&self, session: SessionId) {
        self.forget(|principal| principal.credential_id() == session.into());
    }

    fn forget_api_key(&self, key: ApiKeyId) {
        self.forget(|principal| principal.credential_id() == key.into());
    }

    fn forget_user(&self, user: UserId) {
        self.forget(|principal| principal.user.id == user);
    }

    fn forget_all(&self) {
        self.forget(|_| true);
    }
}
