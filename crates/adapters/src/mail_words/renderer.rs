//! Putting mails into words.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::OnceLock,
};

use mainstay_domain::Locale;
use mainstay_services::{
    mail::{Mail, MailTemplate},
    ports::{MailRenderer, MailWords, WordsError},
};
use minijinja::{Environment, Error, Value};

use super::{
    environment::{LANGUAGES, environment},
    overrides::{BrokenTemplate, MailPart, TemplateSource, describe, read_folder},
};

/// A longer subject is nobody's title.
const LONGEST_SUBJECT: usize = 200;

/// What every mail knows, and where its words come from.
#[derive(Debug, Clone)]
pub struct WriterSettings {
    /// `product` in every template.
    pub product: String,
    /// `public_url` in every template.
    pub public_url: String,
    /// The language of whoever did not ask for one that there is.
    pub locale: Locale,
    /// A folder of templates: `<locale>/<mail>.{subject,txt,html}` and `layout.html`.
    pub folder: Option<PathBuf>,
    /// Templates that a product brings along; a folder goes before them.
    pub templates: Vec<TemplateSource>,
}

/// Writes mails with minijinja, in English and German and whatever else there are templates for.
#[derive(Debug)]
pub struct MailWriter {
    settings: WriterSettings,
    sources: Vec<TemplateSource>,
    /// Made when the first mail is written: most processes start without writing one.
    environment: OnceLock<Result<Environment<'static>, BrokenTemplate>>,
}

impl MailWriter {
    /// A writer whose templates, the built-in ones aside, were all tried once.
    ///
    /// # Errors
    /// [`BrokenTemplate`] naming the first that cannot be used.
    pub fn new(mut settings: WriterSettings) -> Result<Self, BrokenTemplate> {
        let mut sources = std::mem::take(&mut settings.templates);
        if let Some(folder) = &settings.folder {
            let own = read_folder(folder)?;
            refuse_strangers(&own, &sources)?;
            sources.extend(own);
        }
        let writer = Self {
            settings,
            sources,
            environment: OnceLock::new(),
        };
        writer.try_all()?;
        Ok(writer)
    }

    fn environment(&self) -> Result<&Environment<'static>, BrokenTemplate> {
        let made = self.environment.get_or_init(|| environment(&self.sources));
        made.as_ref().map_err(Clone::clone)
    }

    /// Renders every template that somebody brought along, and finds those that lack a part.
    fn try_all(&self) -> Result<(), BrokenTemplate> {
        if self.sources.is_empty() {
            return Ok(());
        }
        let environment = self.environment()?;
        for source in &self.sources {
            let (name, sample) = (source.template(), self.context(&sample(), "en"));
            let tried = environment.get_template(&name).and_then(|one| one.render(sample));
            tried.map_err(|error| BrokenTemplate::new(&name, &describe(&error)))?;
            let Some((locale, mail)) = &source.of else {
                continue;
            };
            for part in [MailPart::Subject, MailPart::Text] {
                let needed = part.template(locale.as_str(), mail.as_str());
                if environment.get_template(&needed).is_err() {
                    return Err(BrokenTemplate::new(&name, &format!("{needed} is missing")));
                }
            }
        }
        Ok(())
    }

    fn context(&self, values: &BTreeMap<String, String>, locale: &str) -> Value {
        let mut context = values.clone();
        context.insert("product".to_owned(), self.settings.product.clone());
        context.insert("public_url".to_owned(), self.settings.public_url.clone());
        context.insert("locale".to_owned(), locale.to_owned());
        Value::from(context)
    }

    /// The languages to look for, the wanted one first: `de-AT`, `de`, the configured one,
    /// English.
    fn languages(&self, mail: &Mail) -> Vec<String> {
        let wanted = mail.locale.iter().chain([&self.settings.locale]);
        let mut languages: Vec<String> = wanted
            .flat_map(|locale| {
                let whole = locale.as_str().to_lowercase();
                let language = whole.split('-').next().unwrap_or_default().to_owned();
                [whole, language]
            })
            .collect();
        languages.push(LANGUAGES[0].locale.to_owned());
        languages
    }

    fn write(&self, environment: &Environment<'_>, mail: &Mail, locale: &str) -> Result<MailWords, Error> {
        let context = self.context(&mail.values, locale);
        let render = |part: MailPart| {
            let template = environment.get_template(&part.template(locale, mail.template.as_str()))?;
            template.render(&context)
        };
        let page = MailPart::Html.template(locale, mail.template.as_str());
        let html = environment.get_template(&page).is_ok();
        Ok(MailWords {
            subject: subject(&render(MailPart::Subject)?),
            text: render(MailPart::Text)?,
            html: if html { Some(render(MailPart::Html)?) } else { None },
        })
    }
}

impl MailRenderer for MailWriter {
    fn render(&self, mail: &Mail) -> Result<MailWords, WordsError> {
        let broken = |error: BrokenTemplate| WordsError(error.to_string());
        let environment = self.environment().map_err(broken)?;
        let spoken = |locale: &&String| {
            let text = MailPart::Text.template(locale, mail.template.as_str());
            environment.get_template(&text).is_ok()
        };
        let languages = self.languages(mail);
        let Some(locale) = languages.iter().find(spoken) else {
            return Err(WordsError(format!("there is no template {}", mail.template)));
        };
        let written = self.write(environment, mail, locale);
        written.map_err(|error| WordsError(format!("{}: {}", mail.template, describe(&error))))
    }
}

/// One line, whatever the values were.
fn subject(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let line: String = plain.collect();
    line.trim().chars().take(LONGEST_SUBJECT).collect()
}

/// Templates of mails that nobody sends are slips of the pen.
fn refuse_strangers(own: &[TemplateSource], product: &[TemplateSource]) -> Result<(), BrokenTemplate> {
    let built_in = MailTemplate::BUILT_IN.iter().map(|(mail, _)| mail);
    let added = product.iter().filter_map(|source| source.of.as_ref());
    let known: BTreeSet<&MailTemplate> = built_in.chain(added.map(|(_, mail)| mail)).collect();
    for source in own {
        let known = |(_, mail): &(Locale, MailTemplate)| known.contains(mail);
        if !source.of.as_ref().is_none_or(known) {
            return Err(BrokenTemplate::new(&source.template(), &"there is no such mail"));
        }
    }
    Ok(())
}

/// Something for every value that a built-in mail has.
fn sample() -> BTreeMap<String, String> {
    let values = MailTemplate::BUILT_IN.iter().flat_map(|(_, values)| *values);
    values
        .map(|value| ((*value).to_owned(), "1".to_owned()))
        .collect()
}

#[cfg(test)]
#[path = "renderer_tests.rs"]
mod tests;
