//! The computation itself.

use argon2_rust::params::{Memory, TagLen};

/// What a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

/// Computes argon2id (RFC 9106, version 0x13) in memory that it keeps between hashes.
pub enum Kernel {
    /// Crate `argon2-rust`: picks the widest vector instructions the processor has.
    Fast(argon2_rust::Hasher),
    /// Crate `argon2`: the reference and the fallback.
    Reference(Vec<argon2::Block>),
}

impl Kernel {
    /// The fast kernel, or the reference if the two disagree on this machine: the fast one has
    /// not been audited, and a wrong hash would lock everybody out.
    #[must_use]
    pub fn checked() -> Self {
        let cost = Cost {
            memory_kib: 64,
            iterations: 2,
            parallelism: 1,
        };
        let mut tags = [[0; 32], [1; 32]];
        let mut fast = Self::fast();
        let fast_works = fast
            .hash_into(cost, b"self-check", b"0123456789abcdef", &mut tags[0])
            .is_ok();
        let reference_works = Self::reference()
            .hash_into(cost, b"self-check", b"0123456789abcdef", &mut tags[1])
            .is_ok();
        if fast_works && reference_works && tags[0] == tags[1] {
            return fast;
        }
        tracing::warn!("the fast argon2 kernel fails its self-check; the reference is used instead");
        Self::reference()
    }

    /// The fast kernel, unchecked.
    #[must_use]
    pub fn fast() -> Self {
        Self::Fast(
            argon2_rust::Argon2::new(
                argon2_rust::Algorithm::Argon2id,
                argon2_rust::Version::V0x13,
                argon2_rust::Params::DEFAULT,
            )
            .hasher(),
        )
    }

    /// The reference kernel.
    #[must_use]
    pub const fn reference() -> Self {
        Self::Reference(Vec::new())
    }

    /// A kernel of the same kind with memory of its own.
    #[must_use]
    pub fn sibling(&self) -> Self {
        match self {
            Self::Fast(_) => Self::fast(),
            Self::Reference(_) => Self::reference(),
        }
    }

    /// Gives the memory back until the next hash.
    pub fn release_memory(&mut self) {
        match self {
            Self::Fast(hasher) => hasher.clear(),
            Self::Reference(blocks) => *blocks = Vec::new(),
        }
    }

    /// Computes a hash of `tag.len()` octets.
    ///
    /// # Errors
    /// What the crate says of parameters out of range; never anything of the password.
    pub fn hash_into(
        &mut self,
        cost: Cost,
        password: &[u8],
        salt: &[u8],
        tag: &mut [u8],
    ) -> Result<(), String> {
        match self {
            Self::Fast(hasher) => fast_hash(hasher, cost, password, salt, tag).map_err(|e| e.to_string()),
            Self::Reference(blocks) => {
                reference_hash(blocks, cost, password, salt, tag).map_err(|e| e.to_string())
            }
        }
    }
}

fn fast_hash(
    hasher: &mut argon2_rust::Hasher,
    cost: Cost,
    password: &[u8],
    salt: &[u8],
    tag: &mut [u8],
) -> Result<(), argon2_rust::Error> {
    let params = argon2_rust::Params::builder()
        .memory(Memory::kib(cost.memory_kib.into()))
        .passes(cost.iterations)
        .lanes(cost.parallelism)
        // The pool bounds the threads; a hash must not bring more.
        .threads(1)
        .tag_len(TagLen::bytes(tag.len() as u64))
        .build()?;
    hasher.set_argon2(argon2_rust::Argon2::new(
        argon2_rust::Algorithm::Argon2id,
        argon2_rust::Version::V0x13,
        params,
    ));
    hasher.hash_into(password, salt, tag)
}

fn reference_hash(
    blocks: &mut Vec<argon2::Block>,
    cost: Cost,
    password: &[u8],
    salt: &[u8],
    tag: &mut [u8],
) -> Result<(), argon2::Error> {
    let params = argon2::Params::new(
        cost.memory_kib,
        cost.iterations,
        cost.parallelism,
        Some(tag.len()),
    )?;
    if blocks.len() < params.block_count() {
        blocks.resize(params.block_count(), argon2::Block::new());
    }
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, tag, blocks)
}
