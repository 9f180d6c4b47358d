//! What a patient wants of being told and written about, on the desk's page of a request.

use crate::parts::{Choice, Form};

/// The wishes in force, and the boxes that change them.
#[derive(Clone, Debug, Default)]
pub struct WishesPart {
    /// Where the boxes are sent; none for whoever only reads.
    pub action: Option<String>,
    /// What is ticked.
    pub form: Form,
    /// The boxes.
    pub choices: Vec<Choice>,
    /// What is in force, in sentences.
    pub held: Vec<String>,
}

impl WishesPart {
    pub(super) fn sample(held: bool) -> Self {
        let boxes = [
            (
                "no-messages",
                "Ne veut pas de message automatique\u{a0}: le poste l’appelle",
            ),
            (
                "tell-carer",
                "Veut que les SMS aillent au second numéro (proche, tuteur)",
            ),
        ];
        Self {
            action: Some("/demandes/req_1/choix".to_owned()),
            form: if held {
                Form::default().with("wishes", "no-messages")
            } else {
                Form::default()
            },
            choices: Choice::list(&boxes),
            held: if held {
                vec!["Le patient ne veut pas de message automatique.".to_owned()]
            } else {
                Vec::new()
            },
        }
    }
}
