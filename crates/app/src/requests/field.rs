//! Checks shared by every draft: each wrong field is named once, with what to do.

use crate::error::FieldError;

/// Longest name or first names, characters.
const NAME_MAX: usize = 100;

/// Wrong fields, gathered.
#[derive(Default)]
pub(crate) struct Errors(pub(crate) Vec<FieldError>);

impl Errors {
    pub(crate) fn add(&mut self, pointer: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(pointer, message));
    }

    pub(crate) fn coded<T: Copy>(
        &mut self,
        pointer: &str,
        value: &str,
        read: impl Fn(&str) -> Option<T>,
        among: &str,
    ) -> Option<T> {
        let found = read(value);
        if found.is_none() {
            self.add(pointer, format!("Choisissez parmi\u{a0}: {among}."));
        }
        found
    }

    pub(crate) fn name(&mut self, pointer: &str, text: &str, what: &str) -> String {
        let clean = text.trim().to_owned();
        if clean.is_empty() {
            self.add(pointer, format!("Indiquez {what}."));
        } else if clean.chars().count() > NAME_MAX {
            self.add(pointer, format!("{NAME_MAX} caractères au plus."));
        } else if clean.chars().any(|c| c.is_control() || is_reordering(c)) {
            self.add(
                pointer,
                "Ce texte contient un caractère invisible\u{a0}: retapez-le.",
            );
        }
        clean
    }
}

/// Characters that turn text around on screen: never part of a name.
pub(crate) fn is_reordering(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

pub(crate) fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
    all.iter()
        .map(|value| code(*value))
        .collect::<Vec<_>>()
        .join(", ")
}
