//! Photos of a request on any page: those to open one by one, those that wait for acceptance, and the
//! form that adds some. Never a picture in the page itself: each look is one named click.

use crate::parts::Form;

/// The section.
#[derive(Clone, Debug, Default)]
pub struct Photos {
    /// Address and word of each that may be opened.
    pub links: Vec<(String, String)>,
    /// How many are shown only after acceptance.
    pub hidden: usize,
    /// Where more are sent; empty = not from here.
    pub add: String,
    /// How many more may be sent.
    pub left: usize,
    /// What was wrong with the last sending.
    pub form: Form,
}

impl Photos {
    /// Nothing to show and nothing to add.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty() && self.hidden == 0 && (self.add.is_empty() || self.left == 0)
    }

    /// `2 photos s’affichent si vous acceptez.`
    #[must_use]
    pub fn waiting(&self) -> String {
        match self.hidden {
            0 => String::new(),
            1 => "1 photo s’affiche si vous acceptez.".to_owned(),
            many => format!("{many} photos s’affichent si vous acceptez."),
        }
    }

    pub(crate) fn sample() -> Self {
        Self {
            links: (1..=2)
                .map(|n| (format!("/demandes/req_1/photos/{n}"), format!("Photo {n}")))
                .collect(),
            hidden: 0,
            add: "/demandes/req_1/photos".to_owned(),
            left: 3,
            form: Form::default(),
        }
    }
}
