//! Putting the layers together and judging them.

use figment::{Figment, value::Value};
use serde::Deserialize;

use super::{
    AuditConfig, AuthConfig, CacheConfig, ConfigError, DatabaseConfig, Environment, HashingConfig,
    JobsConfig, Key, LogConfig, MailConfig, PasskeysConfig, Problem, RedisConfig, ScanConfig, SentryConfig,
    ServerConfig, Setting, ShipConfig, Sources, StorageConfig, ThrottleConfig, TracesConfig, UsersConfig,
    keys,
    known::KnownKeys,
    layers::{self, Layer},
    marks::Marks,
    providers, rules,
    section::{Section, Values},
    setting,
};

/// How the server is to run. Made by [`Config::load`]; `Debug` shows no secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the server runs.
    pub environment: Environment,
    /// HTTP.
    pub server: ServerConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Accounts and tokens.
    pub auth: AuthConfig,
    /// Passkeys.
    pub passkeys: PasskeysConfig,
    /// Password hashing.
    pub hashing: HashingConfig,
    /// Slowing guesses down.
    pub throttle: ThrottleConfig,
    /// Remembering things for a moment.
    pub cache: CacheConfig,
    /// What replicas share besides the database.
    pub redis: RedisConfig,
    /// Users.
    pub users: UsersConfig,
    /// Work that is done afterwards.
    pub jobs: JobsConfig,
    /// Mails.
    pub mail: MailConfig,
    /// Files.
    pub storage: StorageConfig,
    /// Looking for malware in files.
    pub scan: ScanConfig,
    /// The audit log.
    pub audit: AuditConfig,
    /// Log lines.
    pub log: LogConfig,
    /// Traces.
    pub traces: TracesConfig,
    /// Log lines to a collector.
    pub ship: ShipConfig,
    /// Reports of errors.
    pub sentry: SentryConfig,
    /// What products' sections hold.
    #[serde(skip)]
    values: Values,
}

/// A configuration together with where its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Every key, its value as it may be shown, and its source.
    pub settings: Vec<Setting>,
    /// Tells which values differ from those of another time.
    pub(crate) marks: Marks,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong, not only the first mistake.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        Loaded::load(sources).map(|loaded| loaded.config)
    }

    /// A product's section.
    pub(crate) fn section<S: Section>(&self) -> Result<S, ConfigError> {
        let section = self.values.read();
        section.map_err(|problem| ConfigError {
            problems: vec![problem],
        })
    }
}

impl Loaded {
    /// Reads the configuration and remembers where each value came from.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong, not only the first mistake.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let known = KnownKeys::of(sources);
        let layered = overlay(sources, &known, &mut problems);
        let (mut own, mut products) = (Layer::new("checked"), Layer::new("checked"));
        let (mut settings, mut marks) = (Vec::new(), Marks::default());
        for (index, key) in known.iter().enumerate() {
            let (value, setting) = judge(key, &layered, &mut problems);
            let layer = if index < keys().count() {
                &mut own
            } else {
                &mut products
            };
            marks.set(key.name, &value);
            layer.set(key.name, value);
            settings.push(setting);
        }
        let values = Values::new(products);
        let config = match Figment::from(own).extract::<Config>() {
            Ok(config) => Config { values, ..config },
            Err(error) => return Err(defect(problems, &error)),
        };
        problems.extend(rules::broken(&config, &settings));
        problems.extend(providers::problems(&config, &settings));
        for section in &sources.sections {
            problems.extend(section.problems(&config.values, &settings));
        }
        if problems.is_empty() {
            Ok(Self {
                config,
                settings,
                marks,
            })
        } else {
            Err(ConfigError { problems })
        }
    }
}

fn overlay(sources: &Sources, keys: &KnownKeys, problems: &mut Vec<Problem>) -> Figment {
    let mut layered = Figment::from(layers::defaults(keys));
    if let Some((path, required)) = &sources.file
        && let Some(layer) = layers::file(path, *required, keys, problems)
    {
        layered = layered.merge(layer);
    }
    for layer in layers::environment(sources, keys, problems) {
        layered = layered.merge(layer);
    }
    layered
}

/// The value in effect for `key`. In the place of one that is not acceptable stands the default,
/// so that the rest can be judged in the same run.
fn judge(key: &'static Key, layered: &Figment, problems: &mut Vec<Problem>) -> (Value, Setting) {
    let raw = layered
        .find_value(key.name)
        .unwrap_or_else(|_| Value::from(key.default));
    let source = layered
        .get_metadata(raw.tag())
        .map_or("default", |metadata| metadata.name.as_ref());
    let typed = source != "default" && !is_variable_of(key, source);
    let value = key.kind.check(&raw, typed).unwrap_or_else(|| {
        problems.push(Problem::new(key.name, source, refusal(key, &raw)));
        let default = Value::from(key.default);
        key.kind.check(&default, false).unwrap_or(default)
    });
    let setting = Setting {
        key: key.name,
        value: setting::shown(key, &setting::text(&value)),
        source: source.to_owned(),
    };
    (value, setting)
}

fn is_variable_of(key: &Key, source: &str) -> bool {
    key.is_set_by(source)
        || source
            .strip_suffix("_FILE")
            .is_some_and(|name| key.is_set_by(name))
}

fn refusal(key: &Key, raw: &Value) -> String {
    if key.secret {
        return format!("expected {}", key.kind);
    }
    format!("expected {}, found {}", key.kind, setting::quoted(raw))
}

/// Only a section's struct and its keys at odds could bring this about; figment's own text
/// would repeat the value.
fn defect(mut problems: Vec<Problem>, error: &figment::Error) -> ConfigError {
    let message = "this key's declaration and its section's struct differ; please report this";
    problems.push(Problem::new(&error.path.join("."), "defect", message));
    ConfigError { problems }
}
