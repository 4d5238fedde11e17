//! A principal cache that tells other replicas what it forgets.

use std::sync::Arc;

use mainstay_domain::{ApiKeyId, CredentialId, Principal, SessionId, UserId};
use mainstay_services::ports::{CacheTicket, PrincipalCache};

use super::{Announcement, announcer::Announcer};

/// Remembers in this process, and says what is forgotten.
pub(super) struct AnnouncingCache {
    pub(super) local: Arc<dyn PrincipalCache>,
    pub(super) announcer: Arc<Announcer>,
}

impl AnnouncingCache {
    fn forget(&self, announcement: Announcement) {
        announcement.apply(&*self.local);
        self.announcer.say(announcement);
    }
}

impl PrincipalCache for AnnouncingCache {
    fn get(&self, credential: CredentialId) -> Option<Arc<Principal>> {
        self.local.get(credential)
    }

    fn ticket(&self) -> CacheTicket {
        self.local.ticket()
    }

    fn put(&self, ticket: CacheTicket, principal: Arc<Principal>) {
        self.local.put(ticket, principal);
    }

    fn forget_session(&self, session: SessionId) {
        self.forget(Announcement::Session(session));
    }

    fn forget_api_key(&self, key: ApiKeyId) {
        self.forget(Announcement::ApiKey(key));
    }

    fn forget_user(&self, user: UserId) {
        self.forget(Announcement::User(user));
    }

    fn forget_all(&self) {
        self.forget(Announcement::Everything);
    }
}
