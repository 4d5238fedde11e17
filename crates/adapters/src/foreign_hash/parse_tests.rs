//! Tests of what is read and what is refused. That right hashes verify is shown by
//! `tests/foreign_hashes_verify.rs`, with hashes that other libraries made.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use super::*;

/// 16 and 32 octets.
const SALT: &str = "MDEyMzQ1Njc4OWFiY2RlZg";
const SUM: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// 22 and 31 characters of bcrypt.
const BCRYPT_SALT: &str = "abcdefghijklmnopqrstuu";
const BCRYPT_SUM: &str = "E3Ig9cq4XcCTgeI3Gq3sZbpXv4NcWc2";
const KEY: &str = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
const KEY_SUM: &str =
    "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

fn project() -> FirebaseScrypt {
    FirebaseScrypt::new(KEY, "Bw==", 8, 14).unwrap()
}

/// The code a text is refused with, or `read`.
fn outcome(text: &str) -> &'static str {
    parse(text, Some(&project())).map_or_else(|why| why.code, |_| "read")
}

#[test]
fn every_spelling_in_the_documentation_is_read() {
    for text in [
        format!("$2a$12${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$04${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2y$15${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("bcrypt$$2b$12${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("bcrypt_sha256$$2b$12${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$bcrypt-sha256$v=2,t=2b,r=12${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$bcrypt-sha256$2a,12${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$argon2id$v=19$m=65536,t=3,p=4${SALT}${SUM}"),
        format!("$argon2i$m=512,t=2,p=2${SALT}${SUM}"),
        format!("argon2$argon2id$v=19$m=102400,t=2,p=8${SALT}${SUM}"),
        format!("$scrypt$ln=16,r=8,p=1${SALT}${SUM}"),
        format!("scrypt$16384$salt$8$5${SUM}="),
        format!("$pbkdf2$131000${SALT}${SUM}"),
        format!("$pbkdf2-sha1$131000${SALT}${SUM}"),
        format!("$pbkdf2-sha256$29000${SALT}${SUM}"),
        format!("$pbkdf2-sha512$25000${SALT}${SUM}"),
        format!("pbkdf2_sha256$1000000$salt${SUM}="),
        format!("pbkdf2_sha1$1000000$salt${SUM}="),
        format!("$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk={KEY}$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1$42xEC-ixf3L2lw==${KEY_SUM}"),
    ] {
        assert_eq!(outcome(&text), "read", "{text}");
    }
}

#[test]
fn texts_of_no_known_kind_are_refused_as_unknown() {
    for text in [
        "",
        "$",
        "$$",
        "password",
        "plain$text",
        "$1$salt$sum",
        "$2$12$abc",
        "$2x$12$abc",
        "$5$rounds=5000$salt$sum",
        "$6$salt$sum",
        "$7$CU..../....salt$sum",
        "$argon2$v=19$m=64,t=1,p=1$salt$sum",
        "$argon2ID$v=19",
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "sha1$salt$5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
        "unsalted_sha1$5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
        "!pM7Z0JdTXWiKRxF4lDKxJAvBTYxk0kkRcMSPMzGH",
        "pbkdf2_md5$1$salt$sum",
        "pbkdf2_sha512$1$salt$sum",
        "$pbkdf2-md5$1$salt$sum",
        "{SSHA}d0Q0626PSH9VUld7yWpR0k6BlpQmtczb",
    ] {
        assert_eq!(outcome(text), "HASH_UNKNOWN", "{text}");
    }
}

#[test]
fn malformed_hashes_of_every_kind_are_refused() {
    let long = "A".repeat(256);
    for text in [
        // Control characters, other scripts, and more than the database keeps.
        format!("$2b$12${BCRYPT_SALT}{BCRYPT_SUM}\n"),
        format!("$2b$12${BCRYPT_SALT}{BCRYPT_SUM} "),
        "$2b$12$ääääääääääääääääääääääääääääääääääääääääääääääääääää".to_owned(),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${long}"),
        // bcrypt: lengths, costs, letters.
        "$2b$12$".to_owned(),
        "$2b$12".to_owned(),
        format!("$2b$12${BCRYPT_SALT}"),
        format!("$2b$12${BCRYPT_SALT}{BCRYPT_SUM}a"),
        format!("$2b$12${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$2b$3${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$03${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$-4${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$1x${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$12${BCRYPT_SALT}{}+", &BCRYPT_SUM[1..]),
        format!("bcrypt_sha256$2b$12${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("bcrypt_sha256$$2c$12${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$bcrypt-sha256$v=3,t=2b,r=12${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$bcrypt-sha256$v=2,r=12,t=2b${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$bcrypt-sha256$2x,12${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$bcrypt-sha256$12${BCRYPT_SALT}${BCRYPT_SUM}"),
        // argon2: versions, names, order, numbers, lengths.
        format!("$argon2id$v=18$m=64,t=1,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$t=1,m=64,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=64,t=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=64,t=1,p=1,data=AAAA${SALT}${SUM}"),
        format!("$argon2id$v=19$m=+64,t=1,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=064,t=1,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=64,t=0,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=64,t=1,p=0${SALT}${SUM}"),
        format!("$argon2id$v=19$m=7,t=1,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}$AAECAwQ"),
        format!("$argon2id$v=19$m=64,t=1,p=1$AAEC${SUM}"),
        format!("$argon2id$v=19$m=64,t=1,p=1$${SUM}"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}$"),
        format!("$argon2id$v=19$m=64,t=1,p=1${SALT}${SUM}$"),
        format!("argon2$$argon2id$v=19$m=64,t=1,p=1${SALT}${SUM}"),
        // scrypt.
        format!("$scrypt$ln=0,r=8,p=1${SALT}${SUM}"),
        format!("$scrypt$ln=16,r=0,p=1${SALT}${SUM}"),
        format!("$scrypt$ln=16,r=8,p=0${SALT}${SUM}"),
        format!("$scrypt$r=8,p=1,ln=16${SALT}${SUM}"),
        format!("$scrypt$ln=16,r=8,p=1${SALT}$AA"),
        format!("scrypt$16383$salt$8$5${SUM}"),
        format!("scrypt$0$salt$8$5${SUM}"),
        format!("scrypt$1$salt$8$5${SUM}"),
        format!("scrypt$16384$$8$5${SUM}"),
        "scrypt$16384$salt$8$5".to_owned(),
        // PBKDF2.
        format!("$pbkdf2-sha256$0${SALT}${SUM}"),
        format!("$pbkdf2-sha256${SALT}${SUM}"),
        format!("$pbkdf2-sha256$29000${SALT}${SUM}+"),
        format!("$pbkdf2-sha256$29000$${SUM}"),
        format!("$pbkdf2-sha256$29000${SALT}$AA"),
        format!("$pbkdf2-sha256$29000${SALT}$"),
        format!("pbkdf2_sha256$1000$salt${SUM}=$"),
        format!("pbkdf2_sha256$1000$salt$%%%%{SUM}"),
        // Firebase.
        format!("$fbscrypt$v=2$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=10$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1,n=14,n=14$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1,x=1$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1,p=2$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1,n=0$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1$42xEC+ixf3L2lw==${SUM}"),
        "$fbscrypt$v=1,sk=AAAA$42xEC+ixf3L2lw==$AAAA".to_owned(),
        "$fbscrypt$v=1$42xEC+ixf3L2lw==".to_owned(),
    ] {
        assert_eq!(outcome(&text), "HASH_MALFORMED", "{text}");
    }
}

#[test]
fn hashes_that_ask_for_too_much_are_refused_before_anything_is_computed() {
    for text in [
        format!("$2b$16${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$31${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$2b$99${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("bcrypt_sha256$$2b$16${BCRYPT_SALT}{BCRYPT_SUM}"),
        format!("$bcrypt-sha256$v=2,t=2b,r=31${BCRYPT_SALT}${BCRYPT_SUM}"),
        format!("$argon2id$v=19$m=2097152,t=1,p=4${SALT}${SUM}"),
        format!("$argon2id$v=19$m=4294967295,t=1,p=1${SALT}${SUM}"),
        format!("$argon2id$v=19$m=4294967296,t=1,p=1${SALT}${SUM}"),
        format!("$argon2i$v=19$m=64,t=4294967295,p=1${SALT}${SUM}"),
        format!("$argon2i$v=19$m=262144,t=9,p=1${SALT}${SUM}"),
        format!("argon2$argon2id$v=19$m=65536,t=1,p=65${SALT}${SUM}"),
        format!("$scrypt$ln=22,r=8,p=1${SALT}${SUM}"),
        format!("$scrypt$ln=63,r=1,p=1${SALT}${SUM}"),
        format!("$scrypt$ln=4294967295,r=8,p=1${SALT}${SUM}"),
        format!("$scrypt$ln=1,r=4294967295,p=4294967295${SALT}${SUM}"),
        format!("$scrypt$ln=10,r=8,p=4096${SALT}${SUM}"),
        format!("scrypt$2147483648$salt$8$1${SUM}"),
        format!("$pbkdf2-sha256$5000001${SALT}${SUM}"),
        format!("$pbkdf2-sha256$99999999999999999999${SALT}${SUM}"),
        // 32 octets are two blocks of SHA-1.
        format!("pbkdf2_sha1$2500001$salt${SUM}"),
        format!("$fbscrypt$v=1,n=22$42xEC+ixf3L2lw==${KEY_SUM}"),
        format!("$fbscrypt$v=1,r=4294967295$42xEC+ixf3L2lw==${KEY_SUM}"),
    ] {
        assert_eq!(outcome(&text), "HASH_TOO_COSTLY", "{text}");
    }
}

#[test]
fn a_firebase_hash_needs_its_project_unless_it_brings_everything_along() {
    let bare = format!("$fbscrypt$v=1$42xEC+ixf3L2lw==${KEY_SUM}");
    let refused = parse(&bare, None).err().map(|why| why.code);
    assert_eq!(refused, Some("FIREBASE_KEY_MISSING"));
    let whole = format!("$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk={KEY}$42xEC+ixf3L2lw==${KEY_SUM}");
    assert!(parse(&whole, None).is_ok());
}

#[test]
fn the_signer_key_of_a_firebase_project_is_never_shown() {
    assert_eq!(format!("{:?}", project()), "FirebaseScrypt(***)");
    for (key, separator, rounds, cost) in [
        ("%", "", 8, 14),
        ("AAAA", "", 8, 14),
        (KEY, "%", 8, 14),
        (KEY, "", 0, 14),
    ] {
        let refused = FirebaseScrypt::new(key, separator, rounds, cost);
        assert_eq!(refused.err().map(|why| why.code), Some("HASH_MALFORMED"));
    }
    let refused = FirebaseScrypt::new(KEY, "", 8, 40);
    assert_eq!(refused.err().map(|why| why.code), Some("HASH_TOO_COSTLY"));
}
