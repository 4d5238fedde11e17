#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs;

use mainstay_domain::Email;

use super::*;

fn settings() -> WriterSettings {
    WriterSettings {
        product: "Tom & Jerry".to_owned(),
        public_url: "https://api.example.com".to_owned(),
        locale: Locale::parse("en").unwrap(),
        folder: None,
        templates: Vec::new(),
    }
}

fn writer() -> MailWriter {
    MailWriter::new(settings()).unwrap()
}

fn mail(template: &MailTemplate, locale: Option<&str>) -> Mail {
    let mail = Mail::new(Email::parse("ada@example.com").unwrap(), template.clone());
    mail.locale(locale.map(|raw| Locale::parse(raw).unwrap()))
}

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn with_files(files: &[(&str, &str)]) -> Result<MailWriter, BrokenTemplate> {
    let folder = folder(files);
    MailWriter::new(WriterSettings {
        folder: Some(folder.path().to_owned()),
        ..settings()
    })
}

#[test]
fn every_built_in_mail_has_words_in_every_language_and_tells_its_values() {
    for (template, values) in MailTemplate::BUILT_IN {
        for locale in ["en", "de"] {
            let mut mail = mail(template, Some(locale)).value("name", "Ada");
            for (index, value) in values.iter().enumerate() {
                mail = mail.value(value, 1000 + index);
            }
            let words = writer().render(&mail).unwrap();
            let html = words.html.expect("a web page");
            assert!(!words.subject.is_empty() && !words.subject.contains('{'));
            for (index, value) in values.iter().enumerate() {
                let shown = (1000 + index).to_string();
                assert!(words.text.contains(&shown), "{template} in {locale}: {value}");
                assert!(html.contains(&shown), "{template} in {locale}: {value}");
            }
            assert!(words.text.contains("Ada") && words.text.contains("Tom & Jerry"));
            assert!(html.contains("Ada") && html.contains("Tom &amp; Jerry"));
            assert!(!words.text.contains("{%") && !html.contains("{{"));
        }
    }
}

#[test]
fn values_are_escaped_in_the_page_and_plain_in_the_text() {
    let evil = "<script>alert(1)</script>\" onclick=\"x";
    let mail = mail(&MailTemplate::API_KEY_CREATED, None).value("key_name", evil);
    let words = writer().render(&mail).unwrap();
    assert!(words.text.contains(evil));
    let html = words.html.unwrap();
    assert!(
        !html.contains("<script>") && !html.contains("\" onclick"),
        "{html}"
    );
}

#[test]
fn a_value_is_never_taken_for_a_template() {
    let mail = mail(&MailTemplate::API_KEY_CREATED, None).value("key_name", "{{ product }}{% raw %}");
    let words = writer().render(&mail).unwrap();
    assert!(words.text.contains("{{ product }}{% raw %}"));
}

#[test]
fn a_subject_is_one_line_whatever_its_values_are() {
    let evil = MailWriter::new(WriterSettings {
        product: "A\r\nBcc: eve@example.com\n\n".to_owned(),
        ..settings()
    });
    let mail = mail(&MailTemplate::INVITATION, None);
    let subject = evil.unwrap().render(&mail).unwrap().subject;
    assert!(!subject.chars().any(char::is_control), "{subject:?}");
    assert!(subject.starts_with("You are invited to A"), "{subject:?}");
}

#[test]
fn the_nearest_language_that_there_is_speaks() {
    for (wanted, subject) in [
        (Some("de-AT"), "Ihr Passwort wurde geändert"),
        (Some("DE"), "Ihr Passwort wurde geändert"),
        (Some("fr"), "Your password was changed"),
        (None, "Your password was changed"),
    ] {
        let words = writer().render(&mail(&MailTemplate::PASSWORD_CHANGED, wanted));
        assert_eq!(words.unwrap().subject, subject, "{wanted:?}");
    }
    let german = WriterSettings {
        locale: Locale::parse("de-CH").unwrap(),
        ..settings()
    };
    let words = MailWriter::new(german).unwrap();
    let words = words.render(&mail(&MailTemplate::PASSWORD_CHANGED, Some("fr")));
    assert_eq!(words.unwrap().subject, "Ihr Passwort wurde geändert");
}

#[test]
fn spans_of_time_are_told_in_words_of_the_language() {
    let reset = |minutes: u32, locale| {
        let mail = mail(&MailTemplate::INVITATION, Some(locale)).value("expires_minutes", minutes);
        writer().render(&mail).unwrap().text
    };
    for (minutes, locale, told) in [
        (1, "en", "1 minute."),
        (60, "en", "1 hour."),
        (10_080, "en", "7 days."),
        (90, "de", "90 Minuten lang"),
        (1_440, "de", "1 Tag lang"),
    ] {
        let text = reset(minutes, locale);
        assert!(text.contains(told), "{minutes} in {locale}: {text}");
    }
}

#[test]
fn a_folder_replaces_single_parts_and_adds_languages() {
    let writer = with_files(&[
        ("en/verify_email.subject", "Welcome to {{ product }}"),
        ("fr/verify_email.subject", "Confirmez"),
        (
            "fr/verify_email.txt",
            "Bonjour {{ link }}, {{ expires_minutes|span }}",
        ),
        ("layout.html", "<main>{% block body %}{% endblock %}</main>"),
    ])
    .unwrap();
    let english = writer.render(&mail(&MailTemplate::VERIFY_EMAIL, None)).unwrap();
    assert_eq!(english.subject, "Welcome to Tom & Jerry");
    assert!(english.text.contains("please confirm"));
    assert!(english.html.unwrap().starts_with("<main>"));
    let french = mail(&MailTemplate::VERIFY_EMAIL, Some("fr-CA")).value("expires_minutes", 5);
    let french = writer.render(&french.value("link", "https://x")).unwrap();
    assert_eq!(
        (french.text.as_str(), french.html),
        ("Bonjour https://x, 5 min", None)
    );
}

#[test]
fn a_broken_template_is_named_with_its_line_before_any_mail_is_written() {
    for (file, text, reason) in [
        ("de/verify_email.txt", "Hallo\n{% if %}", "line 2"),
        ("de/verify_email.html", "{{ link|shout }}", "shout"),
        ("de/verify_email.txt", "{% include 'nowhere' %}", "nowhere"),
        ("de/verify_emial.txt", "Hallo", "no such mail"),
        ("de/verify_email.md", "Hallo", "ending in"),
        ("deutsch!/verify_email.txt", "Hallo", "language tag"),
        ("verify_email.txt", "Hallo", "folder such as de"),
        (
            "fr/verify_email.txt",
            "Bonjour",
            "fr/verify_email.subject is missing",
        ),
        ("layout.html", "{% block body %}", "line 1"),
    ] {
        let error = with_files(&[(file, text)]).unwrap_err().to_string();
        assert!(error.contains(reason), "{file}: {error}");
        let folder = file.split('/').next().unwrap();
        assert!(error.contains(folder), "{file}: {error}");
    }
    let nowhere = MailWriter::new(WriterSettings {
        folder: Some("/nowhere/at/all".into()),
        ..settings()
    });
    assert!(nowhere.unwrap_err().to_string().contains("/nowhere/at/all"));
}

#[test]
fn a_product_brings_mails_of_its_own_which_a_folder_may_replace() {
    let shared = MailTemplate::new("note_shared");
    let english = Locale::parse("en").unwrap();
    let source = |part, text| TemplateSource::new(english.clone(), shared.clone(), part, text);
    let folder = folder(&[("en/note_shared.subject", "{{ by }} shared a note")]);
    let writer = MailWriter::new(WriterSettings {
        folder: Some(folder.path().to_owned()),
        templates: vec![
            source(MailPart::Subject, "A note"),
            source(MailPart::Text, "{{ by }} shared a note with you"),
        ],
        ..settings()
    })
    .unwrap();
    let words = writer
        .render(&mail(&shared, Some("de")).value("by", "Eve"))
        .unwrap();
    assert_eq!(words.subject, "Eve shared a note");
    assert_eq!(words.text, "Eve shared a note with you");
    let unknown = writer.render(&mail(&MailTemplate::new("unknown"), None));
    assert!(unknown.unwrap_err().to_string().contains("unknown"));
}
