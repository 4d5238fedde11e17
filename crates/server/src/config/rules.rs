//! Contradictions between keys, and what strict environments refuse.

use mainstay_domain::{Email, Locale};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Config, Environment, MailTls, MailTransport, PasskeysConfig, Problem, SAMPLE_SECRET_KEY, Setting, redis,
    sentry, storage,
};

/// Shorter secrets can be guessed (RFC 7518 section 3.2 for HS256).
const SHORTEST_SECRET: usize = 32;

/// OWASP's smallest memory for argon2id (Password Storage Cheat Sheet).
const LEAST_PRODUCTION_MEMORY_KIB: u32 = 7168;

/// A rule: the key it speaks about, whether it is broken, and what would be accepted.
pub(super) type Rule = (&'static str, bool, &'static str);

/// Every rule that `config` breaks.
pub(super) fn broken(config: &Config, settings: &[Setting]) -> Vec<Problem> {
    let source = |name: &str| {
        let setting = settings.iter().find(|setting| setting.key == name);
        setting.map_or("default", |setting| setting.source.as_str())
    };
    let rules = contradictions(config)
        .into_iter()
        .chain(tls(config))
        .chain(cookie_mode(config))
        .chain(breach_check(config))
        .chain(throttle(config))
        .chain(passkeys(config))
        .chain(secret_key(config))
        .chain(mail(config))
        .chain(redis::rules(config))
        .chain(sentry::rules(config))
        .chain(storage::rules(config))
        .chain(production(config));
    rules
        .filter(|(_, broken, _)| *broken)
        .map(|(key, _, message)| Problem::new(key, source(key), message))
        .collect()
}

fn contradictions(config: &Config) -> Vec<Rule> {
    let Config {
        server,
        database,
        auth,
        hashing,
        ..
    } = config;
    vec![
        (
            "server.host",
            server.host.contains(['/', ' ']),
            "expected an address or host name to listen on, such as 127.0.0.1",
        ),
        (
            "server.management_host",
            server.management_host.contains(['/', ' ']),
            "expected an address or host name to listen on, such as 127.0.0.1",
        ),
        (
            "server.management_port",
            server.management_port == Some(server.port) && server.port != 0,
            "expected another port than server.port",
        ),
        (
            "database.min_connections",
            database.min_connections > database.max_connections,
            "expected no more than database.max_connections",
        ),
        (
            "auth.access_token_ttl",
            auth.access_token_ttl > auth.refresh_idle_ttl,
            "expected no longer than auth.refresh_idle_ttl",
        ),
        (
            "auth.refresh_idle_ttl",
            auth.refresh_idle_ttl > auth.refresh_absolute_ttl,
            "expected no longer than auth.refresh_absolute_ttl",
        ),
        (
            "auth.firebase_scrypt_signer_key",
            auth.firebase_scrypt().is_err(),
            "expected the password hash parameters of a Firebase project, key and separator in base64",
        ),
        (
            "hashing.memory_kib",
            hashing.memory_kib < 8 * hashing.parallelism,
            "expected at least 8 for each of hashing.parallelism",
        ),
        (
            "server.cors_origins",
            server.cors_origins.len() > 1 && any_origin(config),
            "expected either * or a list of origins, not both",
        ),
    ]
}

fn tls(config: &Config) -> Vec<Rule> {
    let server = &config.server;
    let ports = [Some(server.port), server.management_port];
    let redirect = server.https_redirect_port;
    vec![
        (
            "server.tls_key",
            server.tls_certificate.is_some() != server.tls_key.is_some(),
            "expected both server.tls_certificate and server.tls_key, or neither",
        ),
        (
            "server.public_url",
            server.speaks_tls() && !server.is_https(),
            "expected an https:// address with server.tls_certificate",
        ),
        (
            "server.https_redirect_port",
            redirect.is_some() && !server.has_https_url() && (!server.speaks_tls() || server.is_everywhere()),
            "expected PUBLIC_URL with an https:// address to send clients on to: they remember it for good",
        ),
        (
            "server.https_redirect_port",
            redirect.is_some_and(|port| port != 0 && ports.contains(&Some(port))),
            "expected another port than server.port and server.management_port",
        ),
    ]
}

/// Tokens in cookies ask for more care than tokens in bodies.
fn cookie_mode(config: &Config) -> Vec<Rule> {
    let (on, server) = (config.auth.cookie_mode, &config.server);
    vec![
        (
            "server.cors_origins",
            on && any_origin(config),
            "expected a list of origins, not *, with auth.cookie_mode",
        ),
        (
            "server.public_url",
            on && !config.environment.is_local() && !server.is_https(),
            "expected an https:// address with auth.cookie_mode: browsers keep its cookie on HTTPS only",
        ),
    ]
}

fn breach_check(config: &Config) -> Vec<Rule> {
    let url = config.auth.breach_check_url.as_deref();
    let safe = url.is_some_and(|url| url.starts_with("https://"));
    vec![
        (
            "auth.breach_check_url",
            config.auth.breach_check && url.is_none(),
            "expected an address with auth.breach_check",
        ),
        (
            "auth.breach_check_url",
            config.environment.is_production() && config.auth.breach_check && !safe,
            "production expects an https:// address",
        ),
    ]
}

fn throttle(config: &Config) -> Vec<Rule> {
    let throttle = &config.throttle;
    let of_delay = |(key, delay)| {
        [
            (
                key,
                delay < throttle.base_delay,
                "expected no shorter than throttle.base_delay",
            ),
            // Otherwise the count would be forgotten before the delay is over.
            (
                key,
                delay > throttle.forget_after,
                "expected no longer than throttle.forget_after",
            ),
        ]
    };
    throttle.max_delays().into_iter().flat_map(of_delay).collect()
}

fn passkeys(config: &Config) -> Vec<Rule> {
    let passkeys = &config.passkeys;
    let domain = passkeys.domain.as_deref();
    let outside = |origin: &String| domain.is_some_and(|domain| !PasskeysConfig::is_within(origin, domain));
    vec![
        (
            "passkeys.domain",
            domain.is_some_and(|domain| domain.contains(['/', ':', ' '])),
            "expected a domain alone, such as example.com",
        ),
        (
            "passkeys.origins",
            passkeys.origins.iter().any(|origin| origin == "*"),
            "expected origins; a passkey that any page may ask for protects nothing",
        ),
        (
            "passkeys.origins",
            passkeys.origins.iter().any(outside),
            "expected origins whose host is passkeys.domain or lies below it",
        ),
    ]
}

fn secret_key(config: &Config) -> Vec<Rule> {
    let strict = matches!(config.environment, Environment::Staging | Environment::Production);
    let key = config.auth.secret_key.as_ref().map(SecretString::expose_secret);
    let previous = config
        .auth
        .secret_key_previous
        .as_ref()
        .map(SecretString::expose_secret);
    vec![
        (
            "auth.secret_key",
            !config.environment.is_local() && key.is_none(),
            "expected SECRET_KEY or SECRET_KEY_FILE with at least 32 random bytes; only local servers make their own",
        ),
        (
            "auth.secret_key",
            strict && key.is_some_and(|key| key.len() < SHORTEST_SECRET),
            "too short; expected at least 32 bytes, such as `openssl rand -base64 48` prints",
        ),
        (
            "auth.secret_key_previous",
            config.auth.secret_key_previous.is_some() && previous == key,
            "expected another key than auth.secret_key; take it away once nothing depends on it",
        ),
        (
            "auth.secret_key",
            !config.environment.is_local() && key == Some(SAMPLE_SECRET_KEY),
            "this is the sample of .env.example, which everybody knows; expected a key of your own",
        ),
    ]
}

fn mail(config: &Config) -> Vec<Rule> {
    let (mail, production) = (&config.mail, config.environment.is_production());
    let transport = mail.transport_in(config.environment);
    let by_server = transport == MailTransport::Smtp;
    let control = |text: &String| text.chars().any(char::is_control);
    vec![
        (
            "mail.from",
            Email::parse(&mail.from).is_err(),
            "expected an address such as no-reply@example.com",
        ),
        (
            "mail.from",
            production && by_server && mail.from.ends_with("@localhost"),
            "production expects an address of your own",
        ),
        (
            "mail.from_name",
            mail.from_name.as_ref().is_some_and(control),
            "expected one line of text",
        ),
        (
            "mail.locale",
            Locale::parse(&mail.locale).is_err(),
            "expected a language tag such as en or de-AT",
        ),
        (
            "mail.host",
            by_server && mail.host.is_none(),
            "expected the mail server, for mail.transport is smtp",
        ),
        (
            "mail.password",
            mail.username.is_some() != mail.password.is_some(),
            "expected both mail.username and mail.password, or neither",
        ),
        (
            "mail.transport",
            production && transport == MailTransport::Console,
            "production refuses console: links and codes would be printed; expected smtp, file or off",
        ),
        (
            "mail.tls",
            production && by_server && mail.tls == MailTls::None && !mail.is_same_machine(),
            "production expects starttls or implicit: links and passwords must not travel in the clear",
        ),
        (
            "mail.timeout",
            mail.timeout > config.jobs.lease / 2,
            "expected at most half of jobs.lease",
        ),
        (
            "jobs.retry_max_delay",
            config.jobs.retry_max_delay < config.jobs.retry_delay,
            "expected no shorter than jobs.retry_delay",
        ),
    ]
}

fn production(config: &Config) -> Vec<Rule> {
    let production = config.environment.is_production();
    vec![
        (
            "server.cors_origins",
            production && any_origin(config),
            "production refuses *; expected the origins of your own pages",
        ),
        (
            "server.public_url",
            production && !config.server.has_https_url(),
            "production expects PUBLIC_URL with an https:// address: links and tokens must not travel in the clear",
        ),
        (
            "hashing.memory_kib",
            production && config.hashing.memory_kib < LEAST_PRODUCTION_MEMORY_KIB,
            "production expects at least 7168 (OWASP)",
        ),
        (
            "database.url",
            production && config.database.is_in_memory(),
            "production expects a database that outlives the process",
        ),
    ]
}

fn any_origin(config: &Config) -> bool {
    config.server.cors_origins.iter().any(|origin| origin == "*")
}
