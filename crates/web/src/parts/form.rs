//! Fields of a form and what was wrong with them (DESIGN §6.22, §6.23): label above, hint under the
//! label, error under the hint, the value kept. Owns the markup of a field and the error summary;
//! checks nothing itself.

use std::collections::BTreeMap;

use askama::Template;

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value sent.
    pub value: String,
    /// The word shown.
    pub label: String,
}

impl Choice {
    /// An option.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }

    /// A list of options from `(value, word)` pairs.
    #[must_use]
    pub fn list(pairs: &[(&str, &str)]) -> Vec<Self> {
        pairs
            .iter()
            .map(|(value, label)| Self::new(*value, *label))
            .collect()
    }
}

/// What is wrong with a field, in a sentence that says how to put it right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub name: String,
    /// The sentence.
    pub message: String,
}

/// The values and errors of a form as it is shown again.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: BTreeMap<String, Vec<String>>,
    errors: Vec<FieldError>,
}

impl Form {
    /// A form filled with what was sent.
    #[must_use]
    pub fn filled(values: BTreeMap<String, Vec<String>>, errors: Vec<FieldError>) -> Self {
        Self { values, errors }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values
            .entry(name.to_owned())
            .or_default()
            .push(value.to_owned());
        self
    }

    /// The same with one more error.
    #[must_use]
    pub fn wrong(mut self, name: &str, message: &str) -> Self {
        self.errors.push(FieldError {
            name: name.to_owned(),
            message: message.to_owned(),
        });
        self
    }

    /// The first value of a field, or nothing.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.nth(name, 0)
    }

    /// The value of the `index`-th field of that name (repeated fields), or nothing.
    #[must_use]
    pub fn nth(&self, name: &str, index: usize) -> &str {
        self.values
            .get(name)
            .and_then(|values| values.get(index))
            .map_or("", String::as_str)
    }

    /// Whether a value of a field was chosen.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values
            .get(name)
            .is_some_and(|values| values.iter().any(|other| other == value))
    }

    /// Whether nothing is filled in and nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.errors.is_empty()
    }

    /// All the values, to be sent again unchanged as hidden fields.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.values
            .iter()
            .flat_map(|(name, values)| {
                values
                    .iter()
                    .map(move |value| (name.as_str(), value.as_str()))
            })
            .collect()
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|error| error.name == name)
            .map(|error| error.message.as_str())
    }

    /// Everything that is wrong, in the order it was found.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The summary shown first in the page; empty when nothing is wrong.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary {
            errors: &self.errors,
        }
    }

    fn field(&self, kind: Kind, name: &str, label: &str) -> Field {
        Field {
            kind,
            id: name.replace('_', "-"),
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: self.value(name).to_owned(),
            chosen: self.values.get(name).cloned().unwrap_or_default(),
            error: self.error(name).unwrap_or_default().to_owned(),
            options: Vec::new(),
            class: "",
            pick: "pick--row",
            autocomplete: "off",
            inputmode: "",
            placeholder: "",
            list: "",
            key: "",
            maxlength: 200,
            required: false,
            heading: false,
        }
    }

    /// A line of text.
    #[must_use]
    pub fn text(&self, name: &str, label: &str) -> Field {
        self.field(Kind::Text("text"), name, label)
    }

    /// A telephone number.
    #[must_use]
    pub fn tel(&self, name: &str, label: &str) -> Field {
        let mut field = self.field(Kind::Text("tel"), name, label);
        field.maxlength = 30;
        field
    }

    /// A password.
    #[must_use]
    pub fn password(&self, name: &str, label: &str) -> Field {
        let mut field = self.field(Kind::Text("password"), name, label);
        field.value = String::new();
        field.autocomplete = "current-password";
        field
    }

    /// An hour of the day.
    #[must_use]
    pub fn time(&self, name: &str, label: &str) -> Field {
        self.field(Kind::Text("time"), name, label)
    }

    /// A day.
    #[must_use]
    pub fn date(&self, name: &str, label: &str) -> Field {
        self.field(Kind::Text("date"), name, label)
    }

    /// Several lines.
    #[must_use]
    pub fn area(&self, name: &str, label: &str) -> Field {
        let mut field = self.field(Kind::Area, name, label);
        field.maxlength = 2000;
        field
    }

    /// A list (six options or more).
    #[must_use]
    pub fn select(&self, name: &str, label: &str, options: impl AsRef<[Choice]>) -> Field {
        let mut field = self.field(Kind::Select, name, label);
        field.chosen.truncate(1);
        field.options = options.as_ref().to_vec();
        field
    }

    /// The `index`-th list of a repeated field.
    #[must_use]
    pub fn text_nth(&self, name: &str, index: &usize, label: &str) -> Field {
        let mut field = self.text(name, label);
        self.nth(name, *index).clone_into(&mut field.value);
        field.id = format!("{}-{index}", field.id);
        field.error = String::new();
        field
    }

    /// The `index`-th list of that name.
    #[must_use]
    pub fn select_nth(
        &self,
        name: &str,
        index: &usize,
        label: &str,
        options: impl AsRef<[Choice]>,
    ) -> Field {
        let mut field = self.select(name, label, options);
        field.value = self.nth(name, *index).to_owned();
        field.chosen = vec![field.value.clone()];
        field.id = format!("{}-{index}", field.id);
        if *index > 0 {
            field.error = String::new();
        }
        field
    }

    /// Visible choices, one of them.
    #[must_use]
    pub fn radios(&self, name: &str, label: &str, options: impl AsRef<[Choice]>) -> Field {
        let mut field = self.field(Kind::Pick("radio"), name, label);
        field.options = options.as_ref().to_vec();
        field
    }

    /// Visible choices, any of them.
    #[must_use]
    pub fn checks(&self, name: &str, label: &str, options: impl AsRef<[Choice]>) -> Field {
        let mut field = self.field(Kind::Pick("checkbox"), name, label);
        field.options = options.as_ref().to_vec();
        field
    }

    /// Photos to choose; a browser never fills them in again.
    #[must_use]
    pub fn photos(&self, name: &str, label: &str) -> Field {
        let mut field = self.field(Kind::Photos, name, label);
        "5 au plus, JPEG, PNG ou WebP, 12\u{a0}Mo chacune. Le lieu et l’heure de prise sont effacés."
            .clone_into(&mut field.hint);
        field
    }

    /// A file to choose, of these kinds; a browser never fills it in again.
    #[must_use]
    pub fn file(&self, name: &str, label: &str, accept: &'static str) -> Field {
        self.field(Kind::File(accept), name, label)
    }

    /// One box to tick.
    #[must_use]
    pub fn check(&self, name: &str, label: &str) -> Field {
        self.field(Kind::Check, name, label)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text(&'static str),
    Area,
    Select,
    Pick(&'static str),
    Check,
    Photos,
    File(&'static str),
}

/// A field ready to be written in a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    kind: Kind,
    id: String,
    name: String,
    label: String,
    hint: String,
    value: String,
    chosen: Vec<String>,
    error: String,
    options: Vec<Choice>,
    class: &'static str,
    pick: &'static str,
    autocomplete: &'static str,
    inputmode: &'static str,
    placeholder: &'static str,
    list: &'static str,
    key: &'static str,
    maxlength: u32,
    required: bool,
    heading: bool,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    /// With a hint under the label.
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// With its choices one above the other.
    #[must_use]
    pub fn stacked(mut self) -> Self {
        self.pick = "pick--stack";
        self
    }

    /// With its choices two by two.
    #[must_use]
    pub fn paired(mut self) -> Self {
        self.pick = "pick--2";
        self
    }

    /// With a layout class (`w7`, …).
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// With what a browser may fill in.
    #[must_use]
    pub fn fill(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// With the keyboard a phone shows.
    #[must_use]
    pub fn keys(mut self, inputmode: &'static str) -> Self {
        self.inputmode = inputmode;
        self
    }

    /// With an example that replaces no label.
    #[must_use]
    pub fn like(mut self, placeholder: &'static str) -> Self {
        self.placeholder = placeholder;
        self
    }

    /// With the chord that puts the keyboard there: `Ctrl+KeyK`.
    #[must_use]
    pub fn key(mut self, chord: &'static str) -> Self {
        self.key = chord;
        self
    }

    /// With suggestions asked from an address while typing.
    #[must_use]
    pub fn suggest(mut self, address: &'static str) -> Self {
        self.list = address;
        self
    }

    /// With a value when none was sent.
    #[must_use]
    pub fn default(mut self, value: &str) -> Self {
        if self.chosen.is_empty() {
            value.clone_into(&mut self.value);
            self.chosen = vec![value.to_owned()];
        }
        self
    }

    /// With ids of its own, when several forms of a page have a field of that name.
    #[must_use]
    pub fn within(mut self, key: &str) -> Self {
        self.id = format!("{key}-{}", self.id);
        self
    }

    /// At most that many characters.
    #[must_use]
    pub fn max(mut self, characters: u32) -> Self {
        self.maxlength = characters;
        self
    }

    /// Said to assistive technology as required; the server checks.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// With its label as the page's first heading: one question a page.
    #[must_use]
    pub fn heading(mut self) -> Self {
        self.heading = true;
        self
    }

    fn is(&self, option: &Choice) -> bool {
        self.chosen.contains(&option.value)
    }

    fn described(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-aide", self.id));
        }
        if !self.error.is_empty() {
            ids.push(format!("{}-erreur", self.id));
        }
        ids.join(" ")
    }
}

/// The list of what is wrong, first in the page and focused.
#[derive(Debug, Template)]
#[template(path = "parts/summary.html")]
pub struct Summary<'a> {
    errors: &'a [FieldError],
}

impl askama::filters::HtmlSafe for Summary<'_> {}

impl Summary<'_> {
    fn anchor(error: &FieldError) -> String {
        error.name.replace('_', "-")
    }
}
