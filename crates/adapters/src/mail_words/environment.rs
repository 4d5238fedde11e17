//! From words to templates.

use minijinja::{AutoEscape, Environment, State, Value};

use super::{
    built_in::{BuiltIn, Language},
    english::ENGLISH,
    german::GERMAN,
    overrides::{BrokenTemplate, MailPart, TemplateSource, describe},
};

/// The languages of the built-in mails.
pub(super) const LANGUAGES: [&Language; 2] = [&ENGLISH, &GERMAN];

/// The page around every mail, which a team may replace.
pub(super) const LAYOUT: &str = "layout.html";

/// An environment with the built-in mails and `sources`, which come in the place of built-in
/// ones of the same name.
pub(super) fn environment(sources: &[TemplateSource]) -> Result<Environment<'static>, BrokenTemplate> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.add_filter("span", span);
    add(&mut environment, LAYOUT, include_str!("layout.html"))?;
    for language in LANGUAGES {
        for mail in language.mails {
            for (part, source) in parts(language, mail) {
                let name = part.template(language.locale, mail.name);
                add(&mut environment, &name, &source)?;
            }
        }
    }
    for source in sources {
        add(&mut environment, &source.template(), &source.source)?;
    }
    Ok(environment)
}

fn add(environment: &mut Environment<'static>, name: &str, source: &str) -> Result<(), BrokenTemplate> {
    environment
        .add_template_owned(name.to_owned(), source.to_owned())
        .map_err(|error| BrokenTemplate::new(name, &describe(&error)))
}

/// The three templates of a built-in mail.
fn parts(language: &Language, mail: &BuiltIn) -> [(MailPart, String); 3] {
    [
        (MailPart::Subject, mail.subject.to_owned()),
        (MailPart::Text, text(language, mail)),
        (MailPart::Html, html(language, mail)),
    ]
}

fn text(language: &Language, mail: &BuiltIn) -> String {
    let mut source = format!("{}\n\n{}\n", language.greeting, mail.before);
    if !mail.action.is_empty() {
        source += &format!(
            "\n{}:\n{{{{ link }}}}\n{{% if code %}}\n{}\n\n    {{{{ code }}}}\n{{% endif %}}",
            mail.action, language.code
        );
    }
    if !mail.after.is_empty() {
        source += &format!("\n{}\n", mail.after);
    }
    source + &format!("\n-- \n{}\n", language.footer)
}

fn html(language: &Language, mail: &BuiltIn) -> String {
    const BUTTON: &str = "display:inline-block;background:#18181b;color:#ffffff;text-decoration:none;\
        padding:.6rem 1.2rem;border-radius:6px";
    let mut body = paragraphs(language.greeting) + &paragraphs(mail.before);
    if !mail.action.is_empty() {
        body += &format!(
            "<p><a href=\"{{{{ link }}}}\" style=\"{BUTTON}\">{}</a></p>\n\
             <p style=\"font-size:.85rem;word-break:break-all\">{{{{ link }}}}</p>\n\
             {{% if code %}}<p>{}</p>\n\
             <p style=\"font-size:1.6rem;letter-spacing:.2em\">{{{{ code }}}}</p>{{% endif %}}\n",
            mail.action, language.code
        );
    }
    if !mail.after.is_empty() {
        body += &paragraphs(mail.after);
    }
    format!(
        "{{% extends \"{LAYOUT}\" %}}{{% block body %}}\n{body}{{% endblock %}}\
         {{% block footer %}}{}{{% endblock %}}",
        language.footer
    )
}

fn paragraphs(words: &str) -> String {
    format!("<p>{}</p>\n", words.replace("\n\n", "</p>\n<p>"))
}

/// `{{ expires_minutes|span }}`: minutes in words of the mail's language.
fn span(state: &State<'_, '_>, minutes: &Value) -> String {
    let Ok(minutes) = minutes.to_string().parse::<u64>() else {
        return minutes.to_string();
    };
    let locale = state.lookup("locale").map(|locale| locale.to_string());
    let locale = locale.unwrap_or_default();
    let spoken = |language: &&&Language| locale.starts_with(language.locale);
    match LANGUAGES.iter().find(spoken) {
        Some(language) => language.span(minutes),
        None => format!("{minutes} min"),
    }
}
