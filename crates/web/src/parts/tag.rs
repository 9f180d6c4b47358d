//! State labels: a word, an icon and a colour, never the colour alone (DESIGN §1.4).

use std::fmt;

use crate::icon::Icon;

/// The hue of a state (DESIGN §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Waits for somebody to qualify it.
    Qualify,
    /// With the usual professional.
    Usual,
    /// With the community or the neighbours.
    Community,
    /// Needs a hand: the only yellow.
    Hand,
    /// Somebody took it.
    Taken,
    /// The 15, nothing else.
    Fifteen,
    /// Over, or nobody's fault.
    Closed,
}

impl Tone {
    /// The class that carries the colour pair.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Qualify => "s-qualif",
            Self::Usual => "s-mt",
            Self::Community => "s-com",
            Self::Hand => "s-main",
            Self::Taken => "s-pec",
            Self::Fifteen => "s-15",
            Self::Closed => "s-clos",
        }
    }

    /// The classes of the solid and the tinted part of a track of this tone.
    #[must_use]
    pub const fn track(self) -> (&'static str, &'static str) {
        match self {
            Self::Usual => ("kmt", "kmt-tint"),
            Self::Hand => ("kmain", "kmain-tint"),
            Self::Taken => ("kpec", "kpec-tint"),
            _ => ("kcom", "kcom-tint"),
        }
    }
}

/// A state in words, with its icon and colour.
#[derive(Clone, Debug)]
pub struct State {
    /// The colour.
    pub tone: Tone,
    /// The filled icon.
    pub icon: Icon,
    /// The word on screen.
    pub word: String,
}

impl State {
    /// A state of the table of DESIGN §5.
    #[must_use]
    pub fn new(tone: Tone, icon: Icon, word: impl Into<String>) -> Self {
        Self {
            tone,
            icon,
            word: word.into(),
        }
    }

    /// The round (or square, or diamond) sign alone; the word stands beside it in the page.
    #[must_use]
    pub fn glyph(&self) -> Glyph {
        Glyph {
            tone: self.tone,
            icon: self.icon,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(word) = askama::filters::escape(&self.word, askama::filters::Html);
        write!(
            f,
            r#"<span class="state {}">{}{}</span>"#,
            self.tone.class(),
            self.icon,
            word
        )
    }
}

impl askama::filters::HtmlSafe for State {}

/// The sign of a state, without its word.
#[derive(Clone, Copy, Debug)]
pub struct Glyph {
    /// The colour.
    pub tone: Tone,
    /// The filled icon.
    pub icon: Icon,
}

impl fmt::Display for Glyph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<span class="glyph {}">{}</span>"#,
            self.tone.class(),
            self.icon
        )
    }
}

impl askama::filters::HtmlSafe for Glyph {}
