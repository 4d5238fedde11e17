//! Text and times survive every store unharmed.

use mainstay_domain::{Origin, Session, Timestamp, User};

use super::fixture::{
    SharedStore, at, email, find_session, find_user, name, session_of, store_session, store_user,
    stored_user, tag, user, user_with_email,
};

/// Scripts, directions, combining marks and what needs four octets.
pub async fn names_of_any_script_come_back_as_stored(store: SharedStore) {
    for raw in [
        "👩🏽‍🚀👨‍👩‍👧‍👦",
        "Zoe\u{308} e\u{301}\u{323}",
        "Zoë é",
        "שָׁלוֹם مرحبا",
        "\u{202e}evil\u{202c}",
        "𠮷野家 𝒜𝓁𝒾𝒸𝑒",
        "O'Brien \"x\" \\ % _ ; -- /* */ ${a} {{b}}",
        "ﬁ ß ẞ İ ı Σς",
    ] {
        let stored = User {
            first_name: Some(name(raw)),
            last_name: Some(name(&"𠮷".repeat(100))),
            ..user()
        };
        let stored = store_user(&store, stored).await;
        assert_eq!(find_user(&store, stored.id).await, Some(stored), "{raw}");
    }
}

/// As many characters as the domain allows, of four octets each.
pub async fn the_longest_user_agent_comes_back_whole(store: SharedStore) {
    let owner = stored_user(&store).await;
    let session = Session {
        origin: Origin {
            ip: Some("::ffff:192.0.2.1".parse().unwrap()),
            user_agent: Some("🦀".repeat(255)),
            request_id: None,
        },
        ..session_of(owner.id)
    };
    let session = store_session(&store, session).await;
    assert_eq!(find_session(&store, session.id).await, Some(session));
}

/// Letters that some collations take for one.
pub async fn addresses_with_similar_letters_are_different_users(store: SharedStore) {
    let tag = tag();
    let mut stored = Vec::new();
    for letter in ["a", "ä", "å", "ａ", "ae", "æ", "s", "ß", "ss", "о", "o", "i", "ı"] {
        let address = format!("{tag}{letter}@contract.test");
        stored.push(store_user(&store, user_with_email(&address)).await);
    }
    for user in stored {
        let found = store.read().users().find_by_email(&user.email).await.unwrap();
        assert_eq!(found, Some(user));
    }
}

/// The longest address the domain allows.
pub async fn the_longest_address_comes_back_and_is_found(store: SharedStore) {
    let label = "d".repeat(59);
    let local = format!("{:x<64}", tag());
    let address = format!("{local}@{label}.{label}.{label}.test");
    assert!(address.len() > 245 && address.len() <= 254, "{}", address.len());
    let stored = store_user(&store, user_with_email(&address)).await;
    let found = store
        .read()
        .users()
        .find_by_email(&email(&address))
        .await
        .unwrap();
    assert_eq!(found, Some(stored));
}

/// One microsecond more or less is another time, now and in a hundred years.
pub async fn times_keep_their_microseconds_near_and_far(store: SharedStore) {
    let far = Timestamp::from_timestamp_micros(4_102_444_799_999_999).unwrap();
    let early = Timestamp::from_timestamp_micros(1).unwrap();
    for time in [at(0), far, early] {
        let stored = User {
            created_at: time,
            updated_at: time,
            last_login_at: Some(time),
            deleted_at: Some(far),
            ..user()
        };
        let stored = store_user(&store, stored).await;
        assert_eq!(find_user(&store, stored.id).await, Some(stored));
    }
}
