//! Values tests begin with.

use std::{net::Ipv4Addr, sync::Arc};

use chrono::Duration;
use mainstay_domain::{
    AuthMethod, Email, Origin, Password, Permission, PermissionSet, Principal, RoleName, Session, SessionId,
    TokenHash, User, UserId, UserStatus,
};
use mainstay_services::{
    auth::{Login, Registration},
    ports::{Clock, Entropy},
};

use crate::{FixedClock, SequentialEntropy};

/// A request from 192.0.2.1 (RFC 5737: documentation).
#[must_use]
pub fn origin() -> Origin {
    Origin {
        ip: Some(Ipv4Addr::new(192, 0, 2, 1).into()),
        user_agent: Some("testkit".to_owned()),
        request_id: None,
    }
}

/// An active user with the role `user`; the id depends on the address only.
#[must_use]
pub fn user(email: &str) -> User {
    let email = Email::parse(email).expect("a valid address");
    let clock = FixedClock::default();
    let mut id = SequentialEntropy::default().id(clock.now()).into_bytes();
    for (index, octet) in email.key().bytes().enumerate() {
        id[9 + index % 7] = id[9 + index % 7].wrapping_mul(31).wrapping_add(octet);
    }
    let id = UserId(uuid::Uuid::from_bytes(id));
    User {
        roles: vec![RoleName::user()],
        ..User::new(id, email, UserStatus::Active, clock.now())
    }
}

/// A living session of `user`.
#[must_use]
pub fn session(user: &User) -> Session {
    let now = FixedClock::default().now();
    Session {
        id: SessionId(user.id.uuid()),
        user_id: user.id,
        generation: 0,
        token_hash: TokenHash([0; 32]),
        salt: [0; 16],
        origin: origin(),
        created_at: now,
        last_used_at: now,
        idle_expires_at: now + Duration::days(7),
        absolute_expires_at: now + Duration::days(30),
        authenticated_at: now,
        methods: AuthMethod::Password.into(),
        revoked: None,
    }
}

/// `user`, logged in, with these permissions.
#[must_use]
pub fn principal(user: User, permissions: impl IntoIterator<Item = Permission>) -> Principal {
    Principal {
        credential: session(&user).into(),
        user,
        permissions: Arc::new(permissions.into_iter().collect::<PermissionSet>()),
    }
}

/// An administrator, logged in.
#[must_use]
pub fn admin_principal() -> Principal {
    let mut admin = user("admin@example.com");
    admin.roles.insert(0, RoleName::admin());
    principal(admin, Permission::BUILT_IN)
}

/// A registration with a good password.
#[must_use]
pub fn registration(email: &str) -> Registration {
    Registration {
        email: Email::parse(email).expect("a valid address"),
        password: Password::parse("correct horse battery").expect("a valid password"),
        username: None,
        first_name: None,
        last_name: None,
    }
}

/// A login with the password of [`registration`].
#[must_use]
pub fn login(email: &str) -> Login {
    Login {
        identifier: email.to_owned(),
        password: Password::parse("correct horse battery").expect("a valid password"),
    }
}
