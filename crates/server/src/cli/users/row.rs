//! A line of JSON Lines as an account, and an account as a line.

use chrono::{DateTime, SecondsFormat, Utc};
use mainstay_domain::{
    Email, InvalidValue, Locale, PersonName, RoleName, Timestamp, UserId, UserStatus, Username,
    truncate_to_micros,
};
use mainstay_services::users::{ExportedUser, ImportedUser};
use serde::Serialize;
use serde_json::{Value, json};

use super::{json_fields::JsonFields, report::RowError};

/// Every field a row may have.
const FIELDS: [&str; 14] = [
    "id",
    "email",
    "username",
    "first_name",
    "last_name",
    "locale",
    "avatar_url",
    "email_verified",
    "status",
    "roles",
    "password_hash",
    "created_at",
    "updated_at",
    "last_login_at",
];

/// Reads a line; every field that is refused is named.
pub(super) fn parse(line: &[u8]) -> Result<ImportedUser, Vec<RowError>> {
    let fields = serde_json::from_slice::<JsonFields>(line).map_err(|_| {
        let message = "must be one JSON object in UTF-8, each member once";
        vec![RowError::of_row("MALFORMED_JSON", message)]
    })?;
    let mut row = Row {
        fields: fields.0,
        errors: Vec::new(),
    };
    row.refuse_unknown();
    let email = row.text("email", Email::parse);
    if email.is_none() && !row.refused("email") {
        row.refuse("email", InvalidValue::new("REQUIRED", "is needed"));
    }
    let user = ImportedUser {
        id: row.text("id", |raw| raw.parse::<UserId>()),
        username: row.text("username", Username::parse),
        first_name: row.text("first_name", PersonName::parse),
        last_name: row.text("last_name", PersonName::parse),
        locale: row.text("locale", Locale::parse),
        avatar_url: row.text("avatar_url", web_url),
        email_verified: row.flag("email_verified"),
        status: row
            .text("status", |raw| raw.parse())
            .unwrap_or(UserStatus::Active),
        roles: row.roles(),
        password_hash: row.text("password_hash", |raw| Ok(raw.to_owned())),
        created_at: row.text("created_at", time),
        updated_at: row.text("updated_at", time),
        last_login_at: row.text("last_login_at", time),
        email: match (email, row.errors.is_empty()) {
            (Some(email), true) => email,
            _ => return Err(row.errors),
        },
    };
    Ok(user)
}

/// A row on its way to be an account.
struct Row {
    fields: Vec<(String, Value)>,
    errors: Vec<RowError>,
}

impl Row {
    fn refuse_unknown(&mut self) {
        let names = self.fields.iter().map(|(name, _)| name);
        let unknown = names.filter(|name| !FIELDS.contains(&name.as_str()));
        let errors = unknown.map(|name| RowError::unknown_field(name));
        self.errors.extend(errors.collect::<Vec<_>>());
    }

    /// The value of a field; `null` is as good as none.
    fn value(&mut self, name: &str) -> Option<Value> {
        let (_, value) = self.fields.iter_mut().find(|(known, _)| known == name)?;
        Some(value.take()).filter(|value| !value.is_null())
    }

    fn text<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let parsed = match self.value(name)? {
            Value::String(raw) => parse(&raw),
            _ => Err(InvalidValue::new("INVALID_TYPE", "must be text")),
        };
        parsed.map_err(|why| self.refuse(name, why)).ok()
    }

    fn flag(&mut self, name: &'static str) -> bool {
        match self.value(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.refuse(name, InvalidValue::new("INVALID_TYPE", "must be true or false"));
                false
            }
        }
    }

    fn roles(&mut self) -> Vec<RoleName> {
        let wrong = InvalidValue::new("INVALID_TYPE", "must be a list of names of roles");
        let parsed = match self.value("roles") {
            None => return Vec::new(),
            Some(Value::Array(names)) => names
                .iter()
                .map(|name| RoleName::parse(name.as_str().ok_or_else(|| wrong.clone())?))
                .collect::<Result<Vec<_>, _>>(),
            Some(_) => Err(wrong.clone()),
        };
        parsed
            .map_err(|why| self.refuse("roles", why))
            .unwrap_or_default()
    }

    fn refuse(&mut self, field: &'static str, why: InvalidValue) {
        self.errors.push(RowError::of_field(field, &why));
    }

    fn refused(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.is_of(field))
    }
}

fn time(raw: &str) -> Result<Timestamp, InvalidValue> {
    let at = DateTime::parse_from_rfc3339(raw)
        .map_err(|_| InvalidValue::new("INVALID_TIME", "must be a time such as 2026-11-21T09:00:00Z"))?;
    Ok(truncate_to_micros(at.with_timezone(&Utc)))
}

fn web_url(raw: &str) -> Result<String, InvalidValue> {
    let refused = InvalidValue::new(
        "INVALID_URL",
        "must be an http or https address of at most 2048 characters",
    );
    let url = url::Url::parse(raw).map_err(|_| refused.clone())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.password().is_none() && raw.len() <= 2048;
    plain.then(|| raw.to_owned()).ok_or(refused)
}

/// An account as a row that an import takes.
pub(super) fn show(ExportedUser { user, hash }: &ExportedUser) -> impl Serialize {
    let time = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let mut row = json!({
        "id": user.id.to_string(),
        "email": user.email.as_str(),
        "username": user.username.as_ref().map(Username::as_str),
        "first_name": user.first_name.as_ref().map(PersonName::as_str),
        "last_name": user.last_name.as_ref().map(PersonName::as_str),
        "locale": user.locale.as_ref().map(Locale::as_str),
        // One that is relative to this server shows nothing elsewhere.
        "avatar_url": user.avatar_url.as_deref().filter(|url| web_url(url).is_ok()),
        "email_verified": user.email_verified,
        "status": user.status.as_str(),
        "roles": user.roles.iter().map(RoleName::as_str).collect::<Vec<_>>(),
        "created_at": time(user.created_at),
        "updated_at": time(user.updated_at),
        "last_login_at": user.last_login_at.map(time),
        "password_hash": hash.as_ref().map(|hash| hash.expose()),
    });
    if let Value::Object(members) = &mut row {
        members.retain(|_, value| !value.is_null());
    }
    row
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
