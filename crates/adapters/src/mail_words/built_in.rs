//! What a built-in mail is made of.

/// The words of one built-in mail in one language, each a template. Where the web page and the
/// plain text differ is for the layouts to say.
pub(super) struct BuiltIn {
    /// Name of the mail.
    pub name: &'static str,
    /// The subject.
    pub subject: &'static str,
    /// Paragraphs, with empty lines in between.
    pub before: &'static str,
    /// What the link is called; empty if there is none.
    pub action: &'static str,
    /// Paragraphs below the link.
    pub after: &'static str,
}

/// What a language brings along besides its mails.
pub(super) struct Language {
    /// The folder it is looked up under.
    pub locale: &'static str,
    /// How a mail begins; knows `name`.
    pub greeting: &'static str,
    /// Who sends it, and why; knows `product`.
    pub footer: &'static str,
    /// What stands above a code.
    pub code: &'static str,
    /// One and many of minute, hour and day.
    pub units: [(&'static str, &'static str); 3],
    /// The mails.
    pub mails: &'static [BuiltIn],
}

impl Language {
    /// A span of minutes in the largest unit that divides it.
    pub(super) fn span(&self, minutes: u64) -> String {
        let [minute, hour, day] = self.units;
        let (count, (one, many)) = match minutes {
            days if days > 0 && days.is_multiple_of(1440) => (days / 1440, day),
            hours if hours > 0 && hours.is_multiple_of(60) => (hours / 60, hour),
            minutes => (minutes, minute),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}
