//! What configurations are accepted, and how the others are refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{fs, path::PathBuf};

use mainstay_server::config::{
    Config, ConfigError, Environment, Loaded, SAMPLE_SECRET_KEY, Sources, env_example, keys, secret_key,
};
use secrecy::ExposeSecret;

const SECRET: &str = "correct-horse-battery-staple-0123456789";

fn production() -> Sources {
    Sources::none()
        .variable("ENVIRONMENT", "production")
        .variable("SECRET_KEY", SECRET)
        .variable("PUBLIC_URL", "https://api.example.com")
}

fn refused(sources: &Sources) -> ConfigError {
    Config::load(sources).expect_err("the configuration was accepted")
}

/// The problem reported for `key`, as a person reads it.
fn problem(sources: &Sources, key: &str) -> String {
    let error = refused(sources);
    let found = error.problems.iter().find(|problem| problem.key == key);
    found
        .unwrap_or_else(|| panic!("nothing about {key} in {error}"))
        .to_string()
}

fn file(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn no_configuration_at_all_is_a_working_local_one() {
    let config = Config::load(&Sources::none()).unwrap();
    assert_eq!(config.environment, Environment::Local);
    assert_eq!(
        (config.server.host.as_str(), config.server.port),
        ("127.0.0.1", 8000)
    );
    assert_eq!(config.database.url.expose_secret(), "sqlite://data/mainstay.db");
    assert_eq!(config.server.public_url(8000), "http://127.0.0.1:8000");
}

#[test]
fn a_file_beats_defaults_and_the_environment_beats_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(
        &dir,
        "m.toml",
        "[server]\nport = 9000\nhost = \"0.0.0.0\"\n[log]\nlevel = \"warn\"\n",
    );
    let sources = Sources::none().file(&path).variable("PORT", "9001");
    let loaded = Loaded::load(&sources).unwrap();
    assert_eq!(loaded.config.server.port, 9001);
    assert_eq!(loaded.config.server.host, "0.0.0.0");
    let source = |key| {
        loaded
            .settings
            .iter()
            .find(|s| s.key == key)
            .unwrap()
            .source
            .clone()
    };
    assert_eq!(source("server.port"), "PORT");
    assert_eq!(source("server.host"), path.display().to_string());
    assert_eq!(source("database.url"), "default");
}

#[test]
fn everything_wrong_is_reported_at_once_with_key_source_and_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        "colour = 1\n[server]\nprot = 80\nworkers = \"4\"\n[hashing]\nmemory_kib = -1\n[sever]\nport = 1\n";
    let path = file(&dir, "bad.toml", text);
    let sources = Sources::none()
        .file(&path)
        .variable("PORT", "eighty")
        .variable("ENVIRONMENT", "prod")
        .variable("LOG_LEVEL", "loud")
        .variable("MAINSTAY_AUTH__ACCESS_TOKEN_TTL", "15")
        .variable("MAINSTAY_CACHE__PRINCIPAL_TTL", "2s")
        .variable("MAINSTAY_DATABASE__MIN_CONNECTIONS", "11")
        .variable("MAINSTAY_SERVER__PROT", "80")
        .variable("CORS_ORIGINS", "example.com");
    let text = refused(&sources).to_string();
    for expected in [
        "colour (",
        "server.prot (",
        "did you mean server.port?",
        "sever.port (",
        "server.workers (",
        "bad.toml): expected a whole number from 0 to 1024, found \"4\"",
        "hashing.memory_kib (",
        "server.port (PORT): expected a whole number from 0 to 65535, found \"eighty\"",
        "environment (ENVIRONMENT): expected one of local, dev, staging, production, found \"prod\"",
        "log.level (LOG_LEVEL): expected",
        "auth.access_token_ttl (MAINSTAY_AUTH__ACCESS_TOKEN_TTL): expected a duration such as",
        "cache.principal_ttl (MAINSTAY_CACHE__PRINCIPAL_TTL): expected a duration such as 500ms, 15m or 7d, from 1ms to 1s",
        "database.min_connections (MAINSTAY_DATABASE__MIN_CONNECTIONS): expected no more than database.max_connections",
        "MAINSTAY_SERVER__PROT (environment): there is no such key; did you mean PORT?",
        "server.cors_origins (CORS_ORIGINS): expected origins such as",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in:\n{text}");
    }
}

#[test]
fn every_value_in_effect_is_shown_as_it_could_be_written() {
    let loaded = Loaded::load(&Sources::none().variable("CORS_ORIGINS", "https://a.example")).unwrap();
    let value = |key| {
        loaded
            .settings
            .iter()
            .find(|s| s.key == key)
            .unwrap()
            .value
            .clone()
    };
    assert_eq!(value("server.port"), "8000");
    assert_eq!(value("server.docs_enabled"), "true");
    assert_eq!(value("server.request_timeout"), "30s");
    assert_eq!(value("server.cors_origins"), "https://a.example");
}

#[test]
fn throttle_delays_that_contradict_each_other_are_refused() {
    let sources = Sources::none()
        .variable("MAINSTAY_THROTTLE__BASE_DELAY", "10m")
        .variable("MAINSTAY_THROTTLE__ACCOUNT_MAX_DELAY", "1h");
    let text = refused(&sources).to_string();
    assert!(
        text.contains("throttle.address_max_delay (default): expected no shorter"),
        "{text}"
    );
    assert!(
        text.contains("ACCOUNT_MAX_DELAY): expected no longer than throttle.forget_after"),
        "{text}"
    );
}

#[test]
fn a_secret_made_of_digits_stays_the_text_it_is() {
    let digits = "12345678901234567890123456789012345678901234567890";
    let config = Config::load(&production().variable("SECRET_KEY", digits)).unwrap();
    assert_eq!(config.auth.secret_key.unwrap().expose_secret(), digits);
}

#[test]
fn database_urls_are_judged_before_anything_connects() {
    for url in [
        "sqlite://data/app.db",
        "sqlite:///var/lib/app.db",
        "sqlite:app.db",
        "sqlite::memory:",
        "postgresql://db/app",
        "mariadb://ada@db:3306/app",
    ] {
        assert!(
            Config::load(&Sources::none().variable("DATABASE_URL", url)).is_ok(),
            "{url}"
        );
    }
    for url in [
        "app.db",
        "sqlite:",
        "sqlite://",
        "sqlite://my data/app.db",
        "oracle://db/app",
        "postgres:app",
    ] {
        let sources = Sources::none().variable("DATABASE_URL", url);
        assert!(
            problem(&sources, "database.url").contains("expected a URL such as"),
            "{url}"
        );
    }
}

#[test]
fn values_are_read_from_files_that_variables_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "key", &format!("{SECRET}\n"));
    let sources = Sources::none().variable("SECRET_KEY_FILE", &path.display().to_string());
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.auth.secret_key.unwrap().expose_secret(), SECRET);

    let missing = Sources::none().variable("SECRET_KEY_FILE", "/nowhere/key");
    assert!(problem(&missing, "auth.secret_key").contains("SECRET_KEY_FILE"));
    let both = sources.variable("SECRET_KEY", SECRET);
    assert!(problem(&both, "auth.secret_key").contains("expected only one"));
}

#[test]
fn the_key_for_a_log_file_is_not_taken_for_a_file_variable() {
    let sources = Sources::none().variable("MAINSTAY_LOG__FILE", "/var/log/mainstay.log");
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.log.file, Some(PathBuf::from("/var/log/mainstay.log")));
}

#[test]
fn origins_are_read_as_json_or_separated_by_commas() {
    for text in [
        r#"["https://a.example", "https://b.example/"]"#,
        "https://a.example, https://b.example/",
    ] {
        let config = Config::load(&Sources::none().variable("CORS_ORIGINS", text)).unwrap();
        assert_eq!(
            config.server.cors_origins,
            ["https://a.example", "https://b.example"]
        );
    }
}

#[test]
fn empty_variables_count_as_if_they_were_not_set() {
    let sources = Sources::none().variable("REDIS_URL", "").variable("PORT", " ");
    let config = Config::load(&sources).unwrap();
    assert!(config.redis.url.is_none());
    assert_eq!(config.server.port, 8000);
}

#[test]
fn production_with_all_it_needs_is_accepted() {
    assert!(Config::load(&production()).is_ok());
}

#[test]
fn production_refuses_weak_secrets_open_origins_and_clear_text() {
    let weak = production().variable("SECRET_KEY", "short-secret-value");
    assert!(problem(&weak, "auth.secret_key").contains("32 bytes"));
    let sample = production().variable("SECRET_KEY", SAMPLE_SECRET_KEY);
    assert!(problem(&sample, "auth.secret_key").contains("sample"));
    let missing = Sources::none().variable("ENVIRONMENT", "production");
    assert!(problem(&missing, "auth.secret_key").contains("SECRET_KEY_FILE"));
    assert!(problem(&missing, "server.public_url").contains("https://"));
    let open = production().variable("CORS_ORIGINS", "*");
    assert!(problem(&open, "server.cors_origins").contains("refuses *"));
    // Not guessed from the certificate: links would lead to where the server listens.
    let guessed = missing.variable("MAINSTAY_SERVER__TLS_CERTIFICATE", "a.pem");
    let guessed = guessed.variable("MAINSTAY_SERVER__TLS_KEY", "a.key");
    assert!(problem(&guessed, "server.public_url").contains("https://"));
    let clear = production().variable("PUBLIC_URL", "http://api.example.com");
    assert!(problem(&clear, "server.public_url").contains("(PUBLIC_URL)"));
}

#[test]
fn every_environment_but_local_wants_a_secret_key() {
    for environment in ["dev", "staging", "production"] {
        let sources = Sources::none().variable("ENVIRONMENT", environment);
        assert!(problem(&sources, "auth.secret_key").contains("expected SECRET_KEY"));
    }
}

#[test]
fn secrets_are_shown_neither_by_debug_nor_by_errors_nor_by_show() {
    let sources = production()
        .variable("SECRET_KEY", "hush-hush-1")
        .variable(
            "DATABASE_URL",
            "postgres://ada:hush-hush-2@db/app?password=hush-hush-3",
        )
        .variable("REDIS_URL", "http://:hush-hush-4@cache");
    let error = refused(&sources);
    assert!(!format!("{error}{error:?}").contains("hush-hush"), "{error}");

    let good = sources
        .variable("SECRET_KEY", "hush-hush-1-hush-hush-1-hush-hush-1")
        .variable("REDIS_URL", "redis://:hush-hush-4@cache");
    let loaded = Loaded::load(&good).unwrap();
    let shown = format!("{loaded:?}");
    assert!(!shown.contains("hush-hush"), "{shown}");
    assert!(shown.contains("postgres://ada:***@db/app"), "{shown}");
}

#[test]
fn a_broken_file_is_refused_by_line_without_repeating_its_text() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "broken.toml", "[auth]\nsecret_key = hush-hush\n");
    let text = refused(&Sources::none().file(path)).to_string();
    assert!(text.contains("broken.toml (line 2)"), "{text}");
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn a_named_file_that_does_not_exist_is_refused() {
    let text = refused(&Sources::none().file("/nowhere/mainstay.toml")).to_string();
    assert!(text.contains("/nowhere/mainstay.toml"), "{text}");
}

#[test]
fn secrets_of_the_wrong_type_in_the_file_are_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "m.toml", "[auth]\nsecret_key = 424242424242\n");
    let text = problem(&Sources::none().file(path), "auth.secret_key");
    assert!(!text.contains("4242"), "{text}");
}

#[test]
fn every_key_can_be_set_by_its_long_variable() {
    for key in keys().filter(|key| !key.default.is_empty()) {
        let sources = Sources::none().variable(&key.long_variable(), key.default);
        assert!(Config::load(&sources).is_ok(), "{}", key.name);
    }
}

#[test]
fn the_local_key_is_made_once_and_readable_by_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/data/app.db", dir.path().display());
    let config = Config::load(&Sources::none().variable("DATABASE_URL", &url)).unwrap();
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| secret_key(&config).unwrap().expose_secret().to_owned()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys[0].len() >= 32);
    assert!(keys.iter().all(|key| *key == keys[0]), "two starts made two keys");
    let dir = dir.path().join("data");
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "a draft was left behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_example_file_tells_what_the_code_knows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env.example");
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == env_example(keys()),
        "run `cargo run -- env-example > .env.example` and commit the result"
    );
}

#[test]
fn cookie_mode_wants_listed_origins_and_https_outside_of_local() {
    let any = Sources::none()
        .variable("MAINSTAY_AUTH__COOKIE_MODE", "true")
        .variable("CORS_ORIGINS", "*");
    assert!(problem(&any, "server.cors_origins").contains("not *"));
    let plain = Sources::none()
        .variable("ENVIRONMENT", "staging")
        .variable("SECRET_KEY", SECRET)
        .variable("PUBLIC_URL", "http://api.example.com")
        .variable("MAINSTAY_AUTH__COOKIE_MODE", "true");
    assert!(problem(&plain, "server.public_url").contains("https"));
    Config::load(&production().variable("MAINSTAY_AUTH__COOKIE_MODE", "true")).unwrap();
}

#[test]
fn production_looks_breached_passwords_up_over_https_only() {
    let sources = production()
        .variable("MAINSTAY_AUTH__BREACH_CHECK", "true")
        .variable("MAINSTAY_AUTH__BREACH_CHECK_URL", "http://mirror.example.com");
    assert!(problem(&sources, "auth.breach_check_url").contains("https"));
}

#[test]
fn the_management_port_is_off_unless_set_and_never_the_public_one() {
    assert_eq!(
        Config::load(&Sources::none()).unwrap().server.management_port,
        None
    );
    let set = Sources::none().variable("MAINSTAY_SERVER__MANAGEMENT_PORT", "9000");
    assert_eq!(Config::load(&set).unwrap().server.management_port, Some(9000));
    let same = Sources::none().variable("MAINSTAY_SERVER__MANAGEMENT_PORT", "8000");
    assert!(problem(&same, "server.management_port").contains("another port"));
    let wrong = Sources::none().variable("MAINSTAY_SERVER__MANAGEMENT_PORT", "many");
    assert!(problem(&wrong, "server.management_port").contains("or nothing"));
}

#[test]
fn what_could_never_be_a_redis_of_ours_is_refused() {
    let here = || Sources::none().variable("REDIS_URL", "redis://localhost");
    for prefix in ["a b", "shop*", &"x".repeat(51)] {
        let sources = here().variable("MAINSTAY_REDIS__PREFIX", prefix);
        assert!(problem(&sources, "redis.prefix").contains("letters"), "{prefix}");
    }
    let sources = here().variable("MAINSTAY_REDIS__TLS_CA_FILE", "ca.pem");
    assert!(problem(&sources, "redis.tls_ca_file").contains("rediss://"));
    assert!(Config::load(&here()).is_ok());
}
