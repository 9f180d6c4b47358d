//! A thing one can do from a page, as a small form behind a word (`<details>`): works without
//! script, and nothing happens by accident.

use super::{Choice, Field, Form};
use crate::icon::Icon;

/// One field of an action's form.
#[derive(Clone, Debug)]
pub enum ActionField {
    /// A line of text: name, label, hint.
    Text(&'static str, String, String),
    /// A choice in a list: name, label, options.
    Select(&'static str, String, Vec<Choice>),
    /// An hour of the day, `HH:MM`: name, label.
    Time(&'static str, String),
    /// A hidden value: name, value.
    Hidden(&'static str, String),
}

/// A form that does one thing.
#[derive(Clone, Debug)]
pub struct Action {
    /// Identifies it in the page (`annuler`); used for the ids of its fields.
    pub key: String,
    /// Its word, a verb.
    pub label: String,
    /// The icon before the word, if any.
    pub icon: Option<Icon>,
    /// Where it posts.
    pub href: String,
    /// What happens, in one sentence; may be empty.
    pub hint: String,
    /// What it asks for. Without any field the action is a plain button.
    pub fields: Vec<ActionField>,
    /// What was typed into it, and what is wrong of that.
    pub form: Form,
    /// The word on the button that does it.
    pub button: String,
    /// Whether it is the page's first thing to do.
    pub main: bool,
    /// Whether it only opens another page.
    pub link: bool,
}

impl Action {
    /// A plain button that posts.
    #[must_use]
    pub fn button(
        key: impl Into<String>,
        label: impl Into<String>,
        href: impl Into<String>,
    ) -> Self {
        let label = label.into();
        Self {
            key: key.into(),
            icon: None,
            href: href.into(),
            hint: String::new(),
            fields: Vec::new(),
            form: Form::default(),
            button: label.clone(),
            label,
            main: false,
            link: false,
        }
    }

    /// A word that opens another page.
    #[must_use]
    pub fn link(key: impl Into<String>, label: impl Into<String>, href: impl Into<String>) -> Self {
        let mut action = Self::button(key, label, href);
        action.link = true;
        action
    }

    /// The same, with something to fill in first.
    #[must_use]
    pub fn with(mut self, fields: Vec<ActionField>) -> Self {
        self.fields = fields;
        self
    }

    /// The same, with a sentence that says what happens.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, with another word on the button inside.
    #[must_use]
    pub fn says(mut self, button: impl Into<String>) -> Self {
        self.button = button.into();
        self
    }

    /// The same, with an icon.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The same, as the first thing to do.
    #[must_use]
    pub fn first(mut self) -> Self {
        self.main = true;
        self
    }

    /// The fields to show.
    #[must_use]
    pub fn shown(&self) -> Vec<Field> {
        let form = &self.form;
        self.fields
            .iter()
            .filter_map(|field| match field {
                ActionField::Text(name, label, hint) => Some(form.text(name, label).hint(hint)),
                ActionField::Select(name, label, options) => {
                    Some(form.select(name, label, options))
                }
                ActionField::Time(name, label) => Some(form.time(name, label)),
                ActionField::Hidden(..) => None,
            })
            .map(|field| field.within(&self.key))
            .collect()
    }

    /// The values sent along without being shown.
    #[must_use]
    pub fn hidden(&self) -> Vec<(&'static str, String)> {
        self.fields
            .iter()
            .filter_map(|field| match field {
                ActionField::Hidden(name, value) => Some((*name, value.clone())),
                _ => None,
            })
            .collect()
    }
}
