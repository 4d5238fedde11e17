//! Templates of a team's own.

use std::{fmt, fs, io, path::Path};

use mainstay_domain::Locale;
use mainstay_services::mail::MailTemplate;
use minijinja::Error;

use super::environment::LAYOUT;

/// What a template makes of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPart {
    /// The subject.
    Subject,
    /// The plain text.
    Text,
    /// The web page; values are escaped.
    Html,
}

impl MailPart {
    /// How files of it end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "txt",
            Self::Html => "html",
        }
    }

    fn of_extension(extension: &str) -> Option<Self> {
        let parts = [Self::Subject, Self::Text, Self::Html];
        parts.into_iter().find(|part| part.extension() == extension)
    }

    /// The name of a template: `de/verify_email.txt`.
    pub(super) fn template(self, locale: &str, mail: &str) -> String {
        format!("{}/{mail}.{}", locale.to_lowercase(), self.extension())
    }
}

/// A template that somebody brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// Its language and the mail it belongs to; none for the page around every mail.
    pub of: Option<(Locale, MailTemplate)>,
    /// What it makes of the mail.
    pub part: MailPart,
    /// The template.
    pub source: String,
}

impl TemplateSource {
    /// A template for a mail in a language.
    #[must_use]
    pub fn new(locale: Locale, mail: MailTemplate, part: MailPart, source: impl Into<String>) -> Self {
        Self {
            of: Some((locale, mail)),
            part,
            source: source.into(),
        }
    }

    pub(super) fn template(&self) -> String {
        match &self.of {
            Some((locale, mail)) => self.part.template(locale.as_str(), mail.as_str()),
            None => LAYOUT.to_owned(),
        }
    }
}

/// A template that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail template {name} cannot be used: {reason}")]
pub struct BrokenTemplate {
    /// Which, such as `de/verify_email.txt`.
    pub name: String,
    /// What is wrong, and where.
    pub reason: String,
}

impl BrokenTemplate {
    pub(super) fn new(name: &str, reason: &dyn fmt::Display) -> Self {
        Self {
            name: name.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// Where and what, without the values that the library would show along with it.
pub(super) fn describe(error: &Error) -> String {
    let place = error.line().map(|line| format!("line {line}: "));
    let detail = error.detail().map(|detail| format!(": {detail}"));
    format!(
        "{}{}{}",
        place.unwrap_or_default(),
        error.kind(),
        detail.unwrap_or_default()
    )
}

/// Every template in a folder: `<locale>/<mail>.{subject,txt,html}` and `layout.html`. A file
/// that would never be used is an error: it is a slip of the pen.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<TemplateSource>, BrokenTemplate> {
    let mut sources = Vec::new();
    for (name, path) in entries(folder)? {
        if path.is_dir() {
            let locale = Locale::parse(&name).map_err(|error| BrokenTemplate::new(&name, &error))?;
            for (file, path) in entries(&path)? {
                sources.push(read_file(&locale, &file, &path)?);
            }
        } else if name == LAYOUT {
            sources.push(TemplateSource {
                of: None,
                part: MailPart::Html,
                source: read(&name, &path)?,
            });
        } else {
            return Err(BrokenTemplate::new(
                &name,
                &"expected layout.html or a folder such as de",
            ));
        }
    }
    Ok(sources)
}

fn read_file(locale: &Locale, file: &str, path: &Path) -> Result<TemplateSource, BrokenTemplate> {
    let name = format!("{}/{file}", locale.as_str());
    let parsed = file.rsplit_once('.').and_then(|(mail, extension)| {
        Some((
            MailTemplate::parse(mail).ok()?,
            MailPart::of_extension(extension)?,
        ))
    });
    let Some((mail, part)) = parsed else {
        let expected = "expected a name such as verify_email.txt, ending in subject, txt or html";
        return Err(BrokenTemplate::new(&name, &expected));
    };
    Ok(TemplateSource::new(
        locale.clone(),
        mail,
        part,
        read(&name, path)?,
    ))
}

fn read(name: &str, path: &Path) -> Result<String, BrokenTemplate> {
    fs::read_to_string(path).map_err(|error| BrokenTemplate::new(name, &error))
}

/// Names and paths, sorted; what begins with a dot is an editor's or a mount's.
fn entries(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, BrokenTemplate> {
    let failed = |error: io::Error| BrokenTemplate::new(&folder.display().to_string(), &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            entries.push((name, entry.path()));
        }
    }
    entries.sort();
    Ok(entries)
}
