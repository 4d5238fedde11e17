//! Sections of the configuration that a product brings.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::fs;

use mainstay_server::config::{Config, ConfigError, Key, Kind, Section, Sources};
use secrecy::ExposeSecret;

/// A product's section.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    max_per_user: u32,
    #[serde(deserialize_with = "mainstay_server::config::duration")]
    keep_for: std::time::Duration,
    token: Option<secrecy::SecretString>,
}

impl Section for Notes {
    const NAME: &'static str = "notes";
    const KEYS: &'static [Key] = &[
        Key::new(
            "notes.max_per_user",
            Kind::Whole { min: 1, max: 500 },
            "100",
            "Most notes.",
        ),
        Key::new(
            "notes.keep_for",
            Kind::Span {
                min: std::time::Duration::from_secs(1),
                max: std::time::Duration::from_secs(86_400),
            },
            "1h",
            "How long.",
        ),
        Key::new("notes.token", Kind::OptionalText, "", "A secret.").secret(),
    ];

    fn contradictions(&self) -> Vec<(&'static str, &'static str)> {
        let guarded = self.max_per_user <= 400 || self.token.is_some();
        let rule = ("notes.token", "expected a token for more than 400");
        if guarded { Vec::new() } else { vec![rule] }
    }
}

/// What the product was given, as text.
fn with_notes(sources: Sources) -> Result<String, ConfigError> {
    let seen = std::cell::RefCell::new(String::new());
    let load = mainstay_server::ServerBuilder::load(sources, |server| {
        server.section(|server, notes: Notes| {
            let token = notes.token.as_ref().map(|token| token.expose_secret().len());
            seen.replace(format!("{} {:?} {token:?}", notes.max_per_user, notes.keep_for));
            server
        })
    });
    load.map(|builder| {
        assert!(!format!("{:?}", builder.config()).contains("hush"));
        seen.take()
    })
}

#[test]
fn a_products_section_is_read_from_the_same_layers_as_mainstays() {
    let dir = tempfile::tempdir().unwrap();
    let toml = dir.path().join("a.toml");
    fs::write(&toml, "[notes]\nmax_per_user = 7\nkeep_for = \"2m\"\n").unwrap();
    let token = dir.path().join("token");
    fs::write(&token, "hush hush\n").unwrap();
    assert_eq!(with_notes(Sources::none()).unwrap(), "100 3600s None");
    let sources = Sources::none()
        .file(toml)
        .variable("MAINSTAY_NOTES__MAX_PER_USER", "9")
        .variable("MAINSTAY_NOTES__TOKEN_FILE", token.to_str().unwrap());
    assert_eq!(with_notes(sources).unwrap(), "9 120s Some(9)");
}

#[test]
fn everything_wrong_in_a_products_section_is_told_along_with_the_rest() {
    let sources = Sources::none()
        .variable("PORT", "http")
        .variable("MAINSTAY_NOTES__MAX_PER_USER", "501")
        .variable("MAINSTAY_NOTES__MAX_PER_USR", "1");
    let error = with_notes(sources).unwrap_err().to_string();
    assert!(error.contains("the configuration has 3 problems"), "{error}");
    for part in [
        "server.port",
        "a whole number from 1 to 500",
        "mean MAINSTAY_NOTES__MAX_PER_USER?",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let unguarded = Sources::none().variable("MAINSTAY_NOTES__MAX_PER_USER", "450");
    let error = with_notes(unguarded).unwrap_err().to_string();
    assert!(
        error.contains("notes.token (default): expected a token"),
        "{error}"
    );
    let secret = Sources::none().variable("MAINSTAY_NOTES__KEEP_FOR", "hush");
    assert!(with_notes(secret).is_err());
    // Without the product nobody knows the section.
    let alone = Sources::none().variable("MAINSTAY_NOTES__TOKEN", "hush hush");
    let refused = Config::load(&alone).unwrap_err();
    assert!(!refused.to_string().contains("hush"));
}

/// A section that claims a name of Mainstay's.
#[derive(serde::Deserialize)]
struct Intruder {}

impl Section for Intruder {
    const NAME: &'static str = "auth";
    const KEYS: &'static [Key] = &[];
}

#[test]
fn a_section_cannot_take_the_name_of_one_of_mainstays() {
    let load = mainstay_server::ServerBuilder::load(Sources::none(), |server| {
        server.section(|server, _: Intruder| server)
    });
    let error = load.err().unwrap().to_string();
    assert!(error.contains("Mainstay has a section of this name"), "{error}");
}
