//! The built-in mails in German.

use super::built_in::{BuiltIn, Language};

const NOT_YOU: &str =
    "Waren Sie das nicht, ändern Sie bitte sofort Ihr Passwort und beenden Sie alle Sitzungen.";
const IGNORE: &str =
    "Haben Sie nicht darum gebeten, brauchen Sie nichts zu tun; es bleibt alles, wie es ist.";
const EXPIRES: &str = "Der Link gilt einmal und {{ expires_minutes|span }} lang.\n\n\
    Haben Sie nicht darum gebeten, brauchen Sie nichts zu tun; es bleibt alles, wie es ist.";

pub(super) const GERMAN: Language = Language {
    locale: "de",
    greeting: "Guten Tag{% if name %} {{ name }}{% endif %},",
    footer: "Diese Mail kommt von {{ product }}, weil Sie dort ein Konto haben.",
    code: "Oder geben Sie diesen Code ein:",
    units: [("Minute", "Minuten"), ("Stunde", "Stunden"), ("Tag", "Tage")],
    mails: &[
        BuiltIn {
            name: "verify_email",
            subject: "Bitte bestätigen Sie Ihre Adresse",
            before: "bitte bestätigen Sie, dass diese Adresse Ihnen gehört.",
            action: "Adresse bestätigen",
            after: EXPIRES,
        },
        BuiltIn {
            name: "sign_in_link",
            subject: "Ihr Link zum Anmelden",
            before: "hier ist Ihr Link, um sich bei {{ product }} anzumelden.",
            action: "Anmelden",
            after: "Link und Code gelten einmal und {{ expires_minutes|span }} lang. Niemand von {{ product }} \
                wird Sie je nach dem Code fragen.\n\nHaben Sie nicht darum gebeten, brauchen Sie nichts zu tun.",
        },
        BuiltIn {
            name: "reset_password",
            subject: "Wählen Sie ein neues Passwort",
            before: "jemand, hoffentlich Sie selbst, hat um ein neues Passwort für Ihr Konto gebeten.",
            action: "Neues Passwort wählen",
            after: EXPIRES,
        },
        BuiltIn {
            name: "password_changed",
            subject: "Ihr Passwort wurde geändert",
            before: "das Passwort Ihres Kontos wurde geändert.",
            action: "",
            after: "Waren Sie das nicht, fordern Sie bitte sofort ein neues Passwort an.",
        },
        BuiltIn {
            name: "email_change_confirm",
            subject: "Bitte bestätigen Sie Ihre neue Adresse",
            before: "bitte bestätigen Sie, dass dies die neue Adresse Ihres Kontos werden soll.",
            action: "Neue Adresse bestätigen",
            after: EXPIRES,
        },
        BuiltIn {
            name: "email_changed_notice",
            subject: "Die Adresse Ihres Kontos ändert sich",
            before: "die Adresse Ihres Kontos wird in {{ new_email }} geändert.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "already_registered",
            subject: "Sie haben schon ein Konto",
            before: "jemand, hoffentlich Sie selbst, wollte sich mit dieser Adresse registrieren. Sie haben schon \
                ein Konto; es wurde kein weiteres angelegt.",
            action: "Anmelden oder neues Passwort wählen",
            after: IGNORE,
        },
        BuiltIn {
            name: "invitation",
            subject: "Einladung zu {{ product }}",
            before: "{% if inviter %}{{ inviter }} lädt Sie{% else %}Sie sind{% endif %} zu {{ product }} \
                {% if inviter %}ein{% else %}eingeladen{% endif %}.",
            action: "Einladung annehmen",
            after: "Der Link gilt einmal und {{ expires_minutes|span }} lang.",
        },
        BuiltIn {
            name: "new_sign_in",
            subject: "Neue Anmeldung an Ihrem Konto",
            before: "jemand hat sich von einem Gerät, das wir noch nicht kennen, an Ihrem Konto angemeldet.\
                {% if device %}\n\nGerät: {{ device }}{% endif %}{% if ip %}\n\nAdresse: {{ ip }}{% endif %}\
                {% if at %}\n\nZeit: {{ at }}{% endif %}",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_enabled",
            subject: "Anmeldung in zwei Schritten eingerichtet",
            before: "die Anmeldung an Ihrem Konto hat einen zweiten Schritt bekommen ({{ method }}).",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_disabled",
            subject: "Anmeldung in zwei Schritten geändert",
            before: "ein zweiter Schritt der Anmeldung an Ihrem Konto wurde entfernt ({{ method }}).",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "mfa_reset_by_admin",
            subject: "Anmeldung in zwei Schritten zurückgesetzt",
            before: "die Verwaltung hat jeden zweiten Schritt der Anmeldung an Ihrem Konto entfernt. Ihr Passwort ist \
                dasselbe geblieben. Bitte richten Sie einen zweiten Schritt neu ein.",
            action: "",
            after: "Haben Sie nicht darum gebeten, melden Sie sich bitte sofort bei der Verwaltung.",
        },
        BuiltIn {
            name: "recovery_code_used",
            subject: "Ein Wiederherstellungscode wurde benutzt",
            before: "mit einem Wiederherstellungscode hat sich jemand an Ihrem Konto angemeldet. Es sind noch \
                {{ remaining }} übrig.",
            action: "",
            after: NOT_YOU,
        },
        BuiltIn {
            name: "recovery_codes_low",
            subject: "Kaum noch Wiederherstellungscodes",
            before: "Sie haben nur noch {{ remaining }} Wiederherstellungscodes. Erzeugen Sie neue, bevor sie ausgehen.",
            action: "",
            after: "",
        },
        BuiltIn {
            name: "api_key_created",
            subject: "Ein API-Schlüssel wurde erzeugt",
            before: "für Ihr Konto wurde ein API-Schlüssel namens {{ key_name }} erzeugt.",
            action: "",
            after: "Waren Sie das nicht, löschen Sie bitte sofort den Schlüssel und ändern Sie Ihr Passwort.",
        },
        BuiltIn {
            name: "account_deleted",
            subject: "Ihr Konto wurde gelöscht",
            before: "Ihr Konto wurde gelöscht. Alles darin wird in {{ grace_days }} Tagen vernichtet.",
            action: "",
            after: "Waren Sie das nicht, melden Sie sich bitte vorher bei uns.",
        },
        BuiltIn {
            name: "identity_linked",
            subject: "Ein neuer Weg, sich anzumelden",
            before: "mit Ihrem Konto bei {{ provider }} können Sie sich jetzt anmelden.",
            action: "",
            after: NOT_YOU,
        },
    ],
};
