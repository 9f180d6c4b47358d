//! The thread of a request: on a professional's phone and at the desk; and the way to it from the
//! pages of the request. Photos are opened one by one, never in the page itself.

use askama::Template;

use super::{LONG, Sample, sample_desk, sample_phone};
use crate::parts::{Desk, Form, Phone, PhoneTab};

/// The way to a thread from a page of its request.
#[derive(Clone, Debug, Default)]
pub struct ThreadLink {
    /// Its address; empty = not theirs to read.
    pub href: String,
    /// `Fil de la demande, 3 messages dont 1 nouveau`
    pub words: String,
}

impl ThreadLink {
    pub(crate) fn sample() -> Self {
        Self {
            href: "/fils/req_1".to_owned(),
            words: "Fil de la demande, 3 messages dont 1 nouveau".to_owned(),
        }
    }
}

/// A message.
#[derive(Clone, Debug)]
pub struct ThreadLine {
    /// Who wrote it.
    pub author: String,
    /// In whose quality.
    pub side: String,
    /// When.
    pub at: String,
    /// Written by who reads.
    pub mine: bool,
    /// Not read before.
    pub fresh: bool,
    /// What it says.
    pub text: String,
    /// Address and word of each photo.
    pub photos: Vec<(String, String)>,
}

/// What both pages show.
#[derive(Clone, Debug)]
pub struct ThreadPart {
    /// Short number of the request.
    pub code: String,
    /// Where it is, and where one writes.
    pub address: String,
    /// Who reads it, in a sentence.
    pub readers: String,
    /// The messages, oldest first.
    pub lines: Vec<ThreadLine>,
    /// Why one does not write any more; empty while one does.
    pub closed: String,
    /// What may be written.
    pub hint: &'static str,
    /// What makes a message sent twice one message.
    pub key: String,
    /// What was typed and what is wrong.
    pub form: Form,
}

/// The thread on a phone.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/thread.html")]
pub struct ThreadPage {
    /// The frame.
    pub phone: Phone,
    /// The thread.
    pub part: ThreadPart,
}

/// The thread at the desk.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/thread_desk.html")]
pub struct ThreadDeskPage {
    /// The frame.
    pub desk: Desk,
    /// Back to the request.
    pub back: String,
    /// The thread.
    pub part: ThreadPart,
}

impl ThreadPart {
    /// Where the whole thread is given as a file.
    #[must_use]
    pub fn file(&self) -> String {
        match self.address.strip_prefix("/demandes/") {
            Some(_) => format!("{}.txt", self.address),
            None => format!("{}/fil.txt", self.address),
        }
    }
}

fn samples() -> Vec<(&'static str, ThreadPart)> {
    let line = |mine: bool, text: &str| ThreadLine {
        author: if mine { "Dr\u{a0}Leroy" } else { "Lina K." }.to_owned(),
        side: if mine {
            "prend le patient en charge"
        } else {
            "le réseau"
        }
        .to_owned(),
        at: "14:32".to_owned(),
        mine,
        fresh: !mine,
        text: text.to_owned(),
        photos: Vec::new(),
    };
    let blank = ThreadPart {
        code: "4821".to_owned(),
        address: "/fils/req_1".to_owned(),
        readers: "Lu par SNP Essonne Nord, Dr\u{a0}Leroy (prend le patient en charge).".to_owned(),
        lines: Vec::new(),
        closed: String::new(),
        hint: "Lu par tous ceux qui sont nommés plus haut, et eux seuls.",
        key: "k".to_owned(),
        form: Form::default(),
    };
    let usual = ThreadPart {
        lines: vec![
            line(false, "La fille du patient demande s’il faut venir à jeun."),
            ThreadLine {
                photos: vec![("/fils/req_1/2/photos/1".to_owned(), "Photo 1".to_owned())],
                ..line(true, "Non.\nVoici l’ordonnance de sortie.")
            },
        ],
        ..blank.clone()
    };
    let mut many = vec![line(true, &LONG.repeat(16)); 3];
    many.extend(vec![line(false, LONG); 60]);
    for one in &mut many {
        one.author = LONG.to_owned();
    }
    let wrong = ThreadPart {
        lines: many,
        form: Form::default()
            .with("text", LONG)
            .wrong("text", "1\u{a0}000 caractères au plus\u{a0}: abrégez"),
        ..usual.clone()
    };
    let closed = ThreadPart {
        closed: "La demande est terminée\u{a0}: le fil se lit encore, on n’y écrit plus."
            .to_owned(),
        ..usual.clone()
    };
    vec![
        ("vide", blank),
        ("courant", usual),
        ("clos", closed),
        ("extreme", wrong),
    ]
}

fn titled(part: &ThreadPart, title: &str) -> String {
    if part.form.errors().is_empty() {
        title.to_owned()
    } else {
        format!("Erreur\u{a0}: {}", title.to_lowercase())
    }
}

impl Sample for ThreadPage {
    const NAME: &'static str = "fil";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |part: ThreadPart| {
            let title = titled(&part, "Fil de la demande");
            let mut phone = sample_phone(&title, PhoneTab::None);
            phone.back = Some(("/prises/req_1".to_owned(), "Retour au patient".to_owned()));
            Self { phone, part }
        };
        let all = samples().into_iter();
        all.map(|(name, part)| (name, page(part))).collect()
    }
}

impl Sample for ThreadDeskPage {
    const NAME: &'static str = "fil-reseau";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |part: ThreadPart| {
            let title = titled(&part, "Fil de la demande 4821");
            Self {
                desk: sample_desk(&title, "/demandes"),
                back: "/demandes/req_1".to_owned(),
                part,
            }
        };
        let all = samples().into_iter();
        all.map(|(name, part)| (name, page(part))).collect()
    }
}
