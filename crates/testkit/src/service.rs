//! Services over fakes.

use std::sync::Arc;

use mainstay_repositories::Store;
use mainstay_services::{
    RoleCatalogue,
    auth::{AuthPorts, AuthService, AuthSettings, RefreshKey},
    mail::MailOutbox,
    ports::{Clock, Entropy, ObjectStore, PrincipalCache},
    roles::{RolePorts, RoleService},
    storage::{StoragePorts, StorageService, StorageSettings, UrlKey},
    users::{AvatarPorts, AvatarService, AvatarSettings, UserPorts, UserService, UserTransfer},
};

use crate::{
    FakeHasher, FakePasskeys, FakeResizer, FakeSealer, FakeSigner, FixedClock, LenientPolicy, Mailbox,
    MapCache, SequentialEntropy,
};

/// Fakes of every port around one store, to build services from and to steer in a test.
pub struct TestPorts {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Stands still until moved.
    pub clock: Arc<FixedClock>,
    /// Counts up.
    pub entropy: Arc<SequentialEntropy>,
    /// Never forgets by itself.
    pub principals: Arc<MapCache>,
    /// Knows the built-in permissions.
    pub roles: Arc<RoleCatalogue>,
    /// The defaults, without throttling.
    pub settings: AuthSettings,
}

impl TestPorts {
    /// Fakes around `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(FixedClock::default());
        let mut settings = AuthSettings::new(RefreshKey([42; 32]));
        settings.throttle.enabled = false;
        let roles = RoleCatalogue::new(Arc::clone(&store), Arc::clone(&clock) as Arc<dyn Clock>, []);
        Self {
            store,
            clock,
            entropy: Arc::default(),
            principals: Arc::default(),
            roles: Arc::new(roles),
            settings,
        }
    }

    /// Writes mails down in the store.
    #[must_use]
    pub fn mail(&self) -> Arc<MailOutbox> {
        Arc::new(MailOutbox {
            sealer: Arc::new(FakeSealer),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        })
    }

    /// The mails that were written down.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(
            Arc::clone(&self.store),
            Arc::new(FakeSealer),
            Arc::new(self.auth()),
        )
    }

    /// Authentication over these fakes.
    #[must_use]
    pub fn auth(&self) -> AuthService {
        let ports = AuthPorts {
            store: Arc::clone(&self.store),
            hasher: Arc::new(FakeHasher),
            policy: Arc::new(LenientPolicy),
            signer: Arc::new(FakeSigner),
            principals: Arc::clone(&self.principals) as Arc<dyn PrincipalCache>,
            roles: Arc::clone(&self.roles),
            identity_providers: Arc::default(),
            mail: self.mail(),
            passkeys: Arc::new(FakePasskeys),
            sealer: Arc::new(FakeSealer),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        };
        AuthService::new(ports, self.settings.clone())
    }

    /// User administration over these fakes.
    #[must_use]
    pub fn users(&self) -> UserService {
        UserService::new(UserPorts {
            store: Arc::clone(&self.store),
            principals: Arc::clone(&self.principals) as Arc<dyn PrincipalCache>,
            roles: Arc::clone(&self.roles),
            mail: self.mail(),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        })
    }

    /// Accounts in bulk over these fakes.
    #[must_use]
    pub fn transfer(&self) -> UserTransfer {
        UserTransfer {
            store: Arc::clone(&self.store),
            hasher: Arc::new(FakeHasher),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        }
    }

    /// Files over these fakes, with their octets in `objects`.
    #[must_use]
    pub fn storage(&self, objects: Arc<dyn ObjectStore>) -> StorageService {
        let ports = StoragePorts {
            store: Arc::clone(&self.store),
            objects,
            roles: Arc::clone(&self.roles),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
            hooks: mainstay_services::storage::FileHooks::default(),
        };
        StorageService::new(ports, StorageSettings::new(UrlKey([42; 32])))
    }

    /// Avatars over these fakes, with their octets in `objects`; see [`FakeResizer`].
    #[must_use]
    pub fn avatars(&self, objects: Arc<dyn ObjectStore>) -> AvatarService {
        let ports = AvatarPorts {
            store: Arc::clone(&self.store),
            storage: Arc::new(self.storage(objects)),
            users: Arc::new(self.users()),
            resizer: Arc::new(FakeResizer),
            principals: Arc::clone(&self.principals) as Arc<dyn PrincipalCache>,
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        };
        let settings = AvatarSettings {
            max_size: 1 << 20,
            pace: None,
            address: "/avatars/".to_owned(),
        };
        AvatarService::new(ports, settings)
    }

    /// Role administration over these fakes.
    #[must_use]
    pub fn roles(&self) -> RoleService {
        RoleService::new(RolePorts {
            store: Arc::clone(&self.store),
            principals: Arc::clone(&self.principals) as Arc<dyn PrincipalCache>,
            roles: Arc::clone(&self.roles),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
        })
    }
}

/// Authentication over `store` and fakes.
#[must_use]
pub fn auth_service(store: Arc<dyn Store>) -> AuthService {
    TestPorts::new(store).auth()
}

/// User administration over `store` and fakes.
#[must_use]
pub fn user_service(store: Arc<dyn Store>) -> UserService {
    TestPorts::new(store).users()
}

/// Role administration over `store` and fakes.
#[must_use]
pub fn role_service(store: Arc<dyn Store>) -> RoleService {
    TestPorts::new(store).roles()
}
