//! Kinds of audit events that a product adds to Mainstay's.

use std::fmt;

use crate::AuditKind;

/// What the database has room for, in octets.
const LONGEST: usize = 64;

/// The name of a product's own kind of audit event. It is kept in place, so that a kind is a
/// plain value whether a constant named it or the database did.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProductKind {
    octets: [u8; LONGEST],
    length: u8,
}

impl ProductKind {
    /// Keeps as much of `name` as there is room for, and whole characters of it.
    const fn new(name: &str) -> Self {
        let mut length = if name.len() < LONGEST { name.len() } else { LONGEST };
        while !name.is_char_boundary(length) {
            length -= 1;
        }
        let (mut octets, mut i) = ([0; LONGEST], 0);
        while i < length {
            octets[i] = name.as_bytes()[i];
            i += 1;
        }
        #[allow(clippy::cast_possible_truncation, reason = "it is 64 at most")]
        let length = length as u8;
        Self { octets, length }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let name = self.octets.get(..usize::from(self.length)).unwrap_or_default();
        // Only whole characters were kept.
        str::from_utf8(name).unwrap_or_default()
    }
}

impl fmt::Debug for ProductKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl AuditKind {
    /// A kind of a product's own, to be told to the server when it is built:
    ///
    /// ```
    /// # use mainstay_domain::AuditKind;
    /// const NOTE_SHARED: AuditKind = AuditKind::product("note.shared");
    /// ```
    ///
    /// # Panics
    /// While compiling, if it is a constant: a name is lower-case letters, digits and `_`, with
    /// one dot between noun and verb, at most 64 octets, and none of Mainstay's own.
    #[must_use]
    pub const fn product(name: &'static str) -> Self {
        assert!(is_well_formed(name), "a kind is named like note.shared");
        assert!(!is_taken(name), "Mainstay has a kind of this name");
        Self::Product(ProductKind::new(name))
    }

    /// The kind with the name that a database holds. A name that no code knows (any more) is a
    /// product's: what has happened stays readable.
    #[must_use]
    pub fn stored(name: &str) -> Self {
        let own = Self::ALL.iter().copied().find(|kind| kind.as_str() == name);
        own.unwrap_or_else(|| Self::Product(ProductKind::new(name)))
    }
}

/// Two words of lower-case letters, digits and `_`, and a dot between them.
const fn is_well_formed(name: &str) -> bool {
    let name = name.as_bytes();
    let (mut dots, mut i) = (0, 0);
    while i < name.len() {
        match name[i] {
            b'.' if i == 0 || i + 1 == name.len() => return false,
            b'.' => dots += 1,
            b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            _ => return false,
        }
        i += 1;
    }
    dots == 1 && name.len() <= LONGEST
}

const fn is_taken(name: &str) -> bool {
    let mut i = 0;
    while i < AuditKind::NAMES.len() {
        if same(AuditKind::NAMES[i].as_bytes(), name.as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut i = 0;
    while i < left.len() {
        if left[i] != right[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: AuditKind = AuditKind::product("note.shared_with_all");

    #[test]
    fn a_constant_and_the_stored_name_are_the_same_kind() {
        assert_eq!(AuditKind::stored("note.shared_with_all"), SHARED);
        assert_eq!(SHARED.to_string(), "note.shared_with_all");
        assert_eq!(AuditKind::stored("user.created"), AuditKind::UserCreated);
        for kind in AuditKind::ALL {
            assert!(is_well_formed(kind.as_str()) && is_taken(kind.as_str()));
        }
    }

    #[test]
    fn names_of_another_shape_are_refused_but_still_readable_once_stored() {
        let long = format!("note.{}", "é".repeat(40));
        for name in [
            "",
            "note",
            ".a",
            "a.",
            "a.b.c",
            "Note.shared",
            "note shared",
            &long,
        ] {
            assert!(!is_well_formed(name), "{name}");
            assert!(name.starts_with(AuditKind::stored(name).as_str()));
        }
        assert_eq!(AuditKind::stored(&long).as_str().len(), 63);
    }

    #[test]
    #[should_panic(expected = "Mainstay has a kind")]
    fn a_name_of_mainstays_own_is_refused_to_products() {
        let _ = AuditKind::product("user.created");
    }
}
