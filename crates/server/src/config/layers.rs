//! The layers of the configuration as figment providers, one a source, so that figment can
//! tell where each value came from.

use std::{collections::BTreeMap, fs, path::Path};

use figment::{
    Error, Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

use super::{Key, Problem, Sources, known::KnownKeys, providers};

/// Values from one source.
pub(super) struct Layer {
    source: String,
    values: Dict,
}

impl Layer {
    pub(super) fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            values: Dict::new(),
        }
    }

    /// Sets `section.key`, or a key without a section.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        let Some((section, key)) = name.split_once('.') else {
            self.values.insert(name.to_owned(), value);
            return;
        };
        let nested = self
            .values
            .entry(section.to_owned())
            .or_insert_with(|| Value::from(Dict::new()));
        if let Value::Dict(_, dict) = nested {
            dict.insert(key.to_owned(), value);
        }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// The built-in values.
pub(super) fn defaults(keys: &KnownKeys) -> Layer {
    let mut layer = Layer::new("default");
    for key in keys.iter() {
        layer.set(key.name, Value::from(key.default));
    }
    layer
}

/// The values of the file, if there is one. Figment's own TOML provider would print whole lines,
/// secrets included, and stop at the first mistake.
pub(super) fn file(
    path: &Path,
    required: bool,
    keys: &KnownKeys,
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    let name = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => return None,
        Err(error) => {
            problems.push(Problem::new(
                "--config",
                &name,
                format!("cannot be read: {error}"),
            ));
            return None;
        }
    };
    match text.parse::<toml::Table>() {
        Ok(table) => Some(known_values(&name, &table, keys, problems)),
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            problems.push(Problem::new(
                &name,
                &format!("line {line}"),
                "expected valid TOML",
            ));
            None
        }
    }
}

fn known_values(file: &str, table: &toml::Table, keys: &KnownKeys, problems: &mut Vec<Problem>) -> Layer {
    let mut layer = Layer::new(file);
    for (name, value) in flatten(table) {
        match keys.named(&name).and_then(|_| Value::serialize(value).ok()) {
            Some(value) => layer.set(&name, value),
            None => problems.push(unknown(&name, file, keys)),
        }
    }
    layer
}

/// `section.key` for everything in sections, and what stands outside of any.
fn flatten(table: &toml::Table) -> BTreeMap<String, &toml::Value> {
    let mut flat = BTreeMap::new();
    for (section, value) in table {
        match value {
            toml::Value::Table(keys) => {
                flat.extend(
                    keys.iter()
                        .map(|(key, value)| (format!("{section}.{key}"), value)),
                );
            }
            value => {
                flat.insert(section.clone(), value);
            }
        }
    }
    flat
}

fn unknown(name: &str, source: &str, keys: &KnownKeys) -> Problem {
    let message = keys.closest(name).map_or_else(
        || "there is no such key".to_owned(),
        |key| format!("there is no such key; did you mean {}?", suggestion(key, name)),
    );
    Problem::new(name, source, message)
}

fn suggestion(key: &Key, asked: &str) -> String {
    if asked.contains('.') {
        key.name.to_owned()
    } else {
        key.variable()
    }
}

/// The values of the environment, a layer for each variable.
pub(super) fn environment(sources: &Sources, keys: &KnownKeys, problems: &mut Vec<Problem>) -> Vec<Layer> {
    let mut set_by: BTreeMap<&str, &str> = BTreeMap::new();
    let mut layers = Vec::new();
    // Compose and shells pass variables on as empty text when they are not set.
    for (variable, text) in sources
        .variables
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
    {
        if let Some(field) = providers::field_of(variable) {
            layers.extend(provider_field((variable, text), field, problems));
            continue;
        }
        let Some((key, in_file)) = keys.set_by(variable) else {
            if variable.starts_with("MAINSTAY_") && !is_service_link(variable) {
                problems.push(unknown(variable, "environment", keys));
            }
            continue;
        };
        if let Some(first) = set_by.insert(key.name, variable) {
            let message = format!("{first} sets the same key; expected only one of them");
            problems.push(Problem::new(key.name, variable, message));
            continue;
        }
        let Some(value) = text_of(key.name, (variable, text), in_file, problems) else {
            continue;
        };
        let mut layer = Layer::new(variable);
        layer.set(key.name, Value::from(value));
        layers.push(layer);
    }
    layers
}

/// One field of one provider; figment lays the tables over one another.
fn provider_field(
    (variable, text): (&str, &str),
    (name, field, in_file): (String, String, bool),
    problems: &mut Vec<Problem>,
) -> Option<Layer> {
    let value = text_of(providers::KEY, (variable, text), in_file, problems)?;
    let fields = Dict::from([(field, Value::from(value))]);
    let mut layer = Layer::new(variable);
    layer.set(
        providers::KEY,
        Value::from(Dict::from([(name, Value::from(fields))])),
    );
    Some(layer)
}

fn text_of(
    key: &str,
    (variable, text): (&str, &str),
    in_file: bool,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    if !in_file {
        return Some(text.to_owned());
    }
    match fs::read_to_string(text) {
        Ok(content) => Some(content.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            let message = format!("the file it names cannot be read: {error}");
            problems.push(Problem::new(key, variable, message));
            None
        }
    }
}

/// Kubernetes and Docker links announce services named `mainstay…` by variables such as
/// `MAINSTAY_SERVICE_HOST` and `MAINSTAY_PORT_8000_TCP`; they are nobody's typing error.
fn is_service_link(variable: &str) -> bool {
    let of_port = |rest: &str| {
        let mut parts = rest.trim_start_matches('_').split('_');
        let number = parts
            .next()
            .is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        number && parts.all(|part| matches!(part, "TCP" | "UDP" | "PROTO" | "PORT" | "ADDR"))
    };
    !variable.contains("__")
        && (variable.ends_with("_SERVICE_HOST")
            || variable.contains("_SERVICE_PORT")
            || variable
                .rsplit_once("_PORT")
                .is_some_and(|(_, rest)| rest.is_empty())
            || variable
                .split_once("_PORT")
                .is_some_and(|(_, rest)| of_port(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_service_links_are_told_from_typing_errors() {
        for link in [
            "MAINSTAY_SERVICE_HOST",
            "MAINSTAY_DB_SERVICE_PORT_HTTP",
            "MAINSTAY_PORT",
            "MAINSTAY_PORT_8000_TCP",
            "MAINSTAY_PORT_8000_TCP_ADDR",
        ] {
            assert!(is_service_link(link), "{link}");
        }
        for mistake in [
            "MAINSTAY_SERVER__PROT",
            "MAINSTAY_SERVERPORTS",
            "MAINSTAY_LOG_LEVEL",
        ] {
            assert!(!is_service_link(mistake), "{mistake}");
        }
    }
}
