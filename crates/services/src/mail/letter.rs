//! A mail before it has words.

use std::{collections::BTreeMap, fmt};

use mainstay_domain::{Email, Locale, User};
use serde_json::{Map, Value, json};

use super::MailTemplate;

/// A mail before it has words: whom it is for, which one it is, and what it tells.
///
/// ```
/// use mainstay_domain::Email;
/// use mainstay_services::mail::{Mail, MailTemplate};
///
/// let to = Email::parse("ada@example.com")?;
/// let mail = Mail::new(to, MailTemplate::RESET_PASSWORD)
///     .value("link", "https://api.example.com/reset-password#token=…")
///     .value("expires_minutes", 60);
/// # Ok::<(), mainstay_domain::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom it is for.
    pub to: Email,
    /// Which mail it is.
    pub template: MailTemplate,
    /// The language wanted; the configured one otherwise.
    pub locale: Option<Locale>,
    /// What it tells. Values are text and are escaped wherever they appear.
    pub values: BTreeMap<String, String>,
}

impl Mail {
    /// A mail in the configured language, without values.
    #[must_use]
    pub fn new(to: Email, template: MailTemplate) -> Self {
        Self {
            to,
            template,
            locale: None,
            values: BTreeMap::new(),
        }
    }

    /// A mail to a user, in their language and with their first name as `name`.
    #[must_use]
    pub fn to_user(user: &User, template: MailTemplate) -> Self {
        let mail = Self::new(user.email.clone(), template).locale(user.locale.clone());
        match &user.first_name {
            Some(name) => mail.value("name", name.as_str()),
            None => mail,
        }
    }

    /// Sets the language.
    #[must_use]
    pub fn locale(mut self, locale: Option<Locale>) -> Self {
        self.locale = locale;
        self
    }

    /// Adds a value, or replaces it.
    #[must_use]
    pub fn value(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// As it is sealed.
    pub(super) fn to_json(&self) -> String {
        json!({
            "to": self.to.as_str(),
            "template": self.template.as_str(),
            "locale": self.locale.as_ref().map(Locale::as_str),
            "values": self.values,
        })
        .to_string()
    }

    /// What [`Mail::to_json`] wrote.
    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        let fields: Map<String, Value> = serde_json::from_slice(json).ok()?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let value = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        Some(Self {
            to: Email::parse(text("to")?).ok()?,
            template: MailTemplate::parse(text("template")?).ok()?,
            locale: text("locale").and_then(|raw| Locale::parse(raw).ok()),
            values: fields
                .get("values")?
                .as_object()?
                .iter()
                .map(value)
                .collect::<Option<_>>()?,
        })
    }
}

/// Shows neither the address nor the values: links and codes are secrets.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("template", &self.template)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}
