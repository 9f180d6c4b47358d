//! What finds a form again: the chance of its browser, which only the browser holds, and the mark of the form, which
//! tells the forms of one browser apart and stands in the address of its pages. One without the other finds nothing.

use crate::chance;

/// Longest key looked at, characters.
const LONGEST: usize = 96;
/// Longest mark looked at.
const MARK_MAX: usize = 32;
/// Between the chance of the browser and the mark of the form.
const BETWEEN: char = '.';

/// The key of a form. No Debug: whoever holds it reads the form.
#[derive(Clone, PartialEq, Eq)]
pub struct FormKey(String);

impl FormKey {
    /// A new form's, of a browser that may have others.
    pub(super) fn beside(browser: Option<&Self>) -> Self {
        let browser = browser.map_or_else(chance::token, |key| key.browser().to_owned());
        Self(format!("{browser}{BETWEEN}{}", chance::short_token()))
    }

    /// What a browser shows: the key of the form it began last.
    pub fn read(shown: &str) -> Option<Self> {
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | BETWEEN);
        let whole = (1..=LONGEST).contains(&shown.len()) && shown.chars().all(sound);
        whole.then(|| Self(shown.to_owned()))
    }

    /// The key of another form of the same browser, by its mark; `None` for what is no mark.
    pub fn of(&self, mark: &str) -> Option<Self> {
        let sound = mark.bytes().all(|b| b.is_ascii_alphanumeric());
        let whole = sound && (1..=MARK_MAX).contains(&mark.len());
        whole.then(|| Self(format!("{}{BETWEEN}{mark}", self.browser())))
    }

    /// The mark of the form, for the addresses of its pages: chance, which says nothing of anybody.
    pub fn mark(&self) -> &str {
        self.0.split_once(BETWEEN).map_or("", |(_, mark)| mark)
    }

    /// As the browser keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn browser(&self) -> &str {
        self.0
            .split_once(BETWEEN)
            .map_or(&*self.0, |(browser, _)| browser)
    }

    /// What its row is found by.
    pub(super) fn fingerprint(&self) -> String {
        chance::fingerprint(&self.0)
    }
}
