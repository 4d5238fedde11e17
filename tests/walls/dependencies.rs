//! Which crate may depend on which.

use std::{collections::BTreeSet, fs};

use super::workspace::{cargo, members, tree};

/// What each crate of the product may know of the others.
const ARROWS: &[(&str, &[&str])] = &[
    ("mainstay-domain", &[]),
    ("mainstay-repositories", &["mainstay-domain"]),
    ("mainstay-services", &["mainstay-domain", "mainstay-repositories"]),
    ("mainstay-adapters", &["mainstay-domain", "mainstay-services"]),
    (
        "mainstay-api",
        &["mainstay-domain", "mainstay-repositories", "mainstay-services"],
    ),
    ("mainstay-migration", &[]),
];

/// Crates outside of the product, which may know whatever they need.
const OUTSIDE: &[&str] = &["mainstay-tests", "mainstay-bench"];

/// Who may depend directly on what most of the house must not know.
const CONFINED: &[(&str, &[&str])] = &[
    (
        "sea-orm",
        &["mainstay-repositories", "mainstay-migration", "mainstay-server"],
    ),
    (
        "sea-orm-migration",
        &["mainstay-migration", "mainstay-server", "mainstay-testkit"],
    ),
    (
        "sqlx",
        &["mainstay-repositories", "mainstay-migration", "mainstay-server"],
    ),
    (
        "actix-web",
        &["mainstay-api", "mainstay-server", "mainstay-testkit"],
    ),
    ("figment", &["mainstay-server"]),
    ("clap", &["mainstay-server"]),
    ("anyhow", &["mainstay-server"]),
];

/// A product on the crates is in the place of `server`: it may know everything.
fn is_outside(name: &str) -> bool {
    OUTSIDE.contains(&name) || name.starts_with("mainstay-example-")
}

#[test]
fn every_crate_knows_only_the_crates_below_it() {
    let members = members();
    for (name, allowed) in ARROWS {
        let member = members.iter().find(|member| member.name == *name);
        let member = member.unwrap_or_else(|| panic!("{name} is no member of the workspace"));
        let known = member
            .dependencies
            .iter()
            .filter(|other| other.starts_with("mainstay-"));
        let upward: Vec<_> = known.filter(|other| !allowed.contains(&other.as_str())).collect();
        assert!(upward.is_empty(), "{name} must not know {upward:?}");
    }
}

#[test]
fn the_orm_and_the_web_framework_stay_in_their_rooms() {
    for member in members().iter().filter(|member| !is_outside(&member.name)) {
        for (dependency, allowed) in CONFINED {
            let knows = member.dependencies.contains(*dependency);
            let may = allowed.contains(&member.name.as_str());
            assert!(may || !knows, "{} must not depend on {dependency}", member.name);
        }
    }
}

#[test]
fn services_compile_without_a_database_or_a_web_framework() {
    let tree = tree("mainstay-services");
    for unwanted in [
        "sea-orm",
        "sqlx",
        "sqlx-core",
        "actix-web",
        "actix-http",
        "tokio-postgres",
    ] {
        assert!(!tree.contains(unwanted), "mainstay-services pulls in {unwanted}");
    }
}

#[test]
fn the_domain_has_at_most_five_direct_dependencies() {
    let members = members();
    let domain = members.iter().find(|member| member.name == "mainstay-domain");
    let dependencies = &domain.expect("there is a domain").dependencies;
    assert!(dependencies.len() <= 5, "the domain depends on {dependencies:?}");
    let worldly: BTreeSet<_> = ["serde", "tokio", "rand"].map(str::to_owned).into();
    assert!(
        dependencies.is_disjoint(&worldly),
        "the domain depends on {dependencies:?}"
    );
}

#[test]
fn every_crate_obeys_the_lints_of_the_workspace() {
    for member in members() {
        let manifest = fs::read_to_string(&member.manifest).expect("a manifest can be read");
        let obeys = manifest.contains("[lints]\nworkspace = true");
        assert!(obeys, "{} lacks `[lints] workspace = true`", member.name);
    }
}

#[test]
fn one_library_does_all_of_the_cryptography() {
    let tree = cargo(&[
        "tree",
        "--workspace",
        "-e",
        "normal,build",
        "--prefix=none",
        "--format={p}",
    ]);
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    for unwanted in ["ring", "openssl", "openssl-sys", "native-tls"] {
        assert!(!names.contains(unwanted), "something pulls in {unwanted}");
    }
}
