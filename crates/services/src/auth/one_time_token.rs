//! Making tokens that work once.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::TokenHash;

use crate::ports::Entropy;

/// 256 bits that nobody can guess, as they may stand in a link.
pub(super) fn new_token(entropy: &dyn Entropy) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(entropy.secret())
}

/// What is kept of a token. A fast hash will do, since there is nothing to guess.
pub(super) fn hash_of(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    TokenHash(hash)
}
