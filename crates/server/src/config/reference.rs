//! `.env.example` and the reference table, made from the declarations.

use std::fmt::Write;

use super::{Key, Kind, SAMPLE_SECRET_KEY};

const HEAD: &str = "\
# Mainstay reads these variables; every one may be left out.
# Order: built-in defaults < mainstay.toml (or --config FILE) < environment.
# NAME_FILE reads the value of NAME from a file, for Docker and Kubernetes secrets.
# This file is generated: mainstay env-example > .env.example
";

/// The text of `.env.example` for these keys.
#[must_use]
pub fn env_example(keys: impl IntoIterator<Item = &'static Key>) -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for key in keys {
        if section_of(key) != section {
            section = section_of(key);
            text.push_str(&format!("\n# ---- {section} ----\n"));
        }
        text.push_str(&entry(key));
    }
    text
}

fn section_of(key: &Key) -> &'static str {
    key.name.split_once('.').map_or("general", |(section, _)| section)
}

fn entry(key: &Key) -> String {
    let value = if key.plain == Some("SECRET_KEY") {
        SAMPLE_SECRET_KEY
    } else {
        key.default
    };
    format!(
        "\n# {}\n# Accepts {}.\n# {}={value}\n",
        key.doc,
        key.kind,
        key.variable()
    )
}

/// Keys as a Markdown table.
#[must_use]
pub fn markdown_table(keys: impl IntoIterator<Item = &'static Key>) -> String {
    let mut table = "| key | variable | default | accepts | meaning |\n|---|---|---|---|---|\n".to_owned();
    for key in keys {
        let default = if key.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", key.default)
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | `{}` | {default} | {} | {} |",
            key.name,
            key.variable(),
            accepts(key.kind),
            key.doc,
        );
    }
    table
}

fn accepts(kind: Kind) -> String {
    kind.to_string().replace('|', "\\|")
}
