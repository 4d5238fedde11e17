//! The fast kernel against the reference, octet by octet.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use argon2_rust::{
    Algorithm, Argon2, Params, Version,
    params::{Memory, TagLen},
};
use mainstay_adapters::{Cost, Kernel};

fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).unwrap();
    octets
}

/// RFC 9106 section 5.3, the only vector of argon2id; it has a secret and associated data,
/// which passwords of ours have not, so it is asked of the crates themselves.
#[test]
fn both_kernels_give_the_vector_of_rfc_9106() {
    let expected = [
        0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
        0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
    ];
    let (password, salt, secret, data) = ([1; 32], [2; 16], [3; 8], [4; 12]);

    let params = Params::builder()
        .memory(Memory::kib(32))
        .passes(3)
        .lanes(4)
        .threads(1);
    let params = params.tag_len(TagLen::bytes(32)).build().unwrap();
    let mut tag = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hasher()
        .hash_into_with_ad(&password, &salt, &secret, &data, &mut tag)
        .unwrap();
    assert_eq!(tag, expected, "argon2-rust");

    let params = argon2::ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(argon2::AssociatedData::new(&data).unwrap())
        .build()
        .unwrap();
    let mut tag = [0; 32];
    argon2::Argon2::new_with_secret(
        &secret,
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        params,
    )
    .unwrap()
    .hash_password_into(&password, &salt, &mut tag)
    .unwrap();
    assert_eq!(tag, expected, "argon2");
}

#[test]
fn both_kernels_agree_on_random_passwords_of_every_length() {
    let costs = [
        (64, 1, 1),
        (64, 3, 1),
        (37, 2, 1),
        (256, 2, 4),
        (1_000, 1, 3),
        (19_456, 2, 1),
    ];
    // One kernel each for all parameters: memory used before must not change what comes after.
    let (mut fast, mut reference) = (Kernel::checked(), Kernel::reference());
    assert!(
        matches!(fast, Kernel::Fast(_)),
        "the self-check fell back to the reference"
    );
    for (memory_kib, iterations, parallelism) in costs {
        let cost = Cost {
            memory_kib,
            iterations,
            parallelism,
        };
        let step = if memory_kib > 10_000 { 50 } else { 1 };
        for length in (0..=200).step_by(step) {
            let (password, salt) = (random::<200>(), random::<32>());
            let (password, salt) = (&password[..length], &salt[..8 + length % 25]);
            let tag_len = if length % 3 == 0 { 32 } else { 4 + length % 60 };
            let (mut ours, mut theirs) = (vec![0; tag_len], vec![1; tag_len]);
            fast.hash_into(cost, password, salt, &mut ours).unwrap();
            reference.hash_into(cost, password, salt, &mut theirs).unwrap();
            assert_eq!(ours, theirs, "{cost:?}, {length} octets");
        }
    }
}

#[test]
fn memory_given_back_changes_nothing_in_the_next_hash() {
    let cost = Cost {
        memory_kib: 128,
        iterations: 2,
        parallelism: 1,
    };
    for mut kernel in [Kernel::fast(), Kernel::reference()] {
        let mut tags = [[0; 32], [1; 32]];
        kernel
            .hash_into(cost, b"password", b"0123456789abcdef", &mut tags[0])
            .unwrap();
        kernel.release_memory();
        kernel
            .hash_into(cost, b"password", b"0123456789abcdef", &mut tags[1])
            .unwrap();
        assert_eq!(tags[0], tags[1]);
    }
}
