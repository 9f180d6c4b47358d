//! The operator's page (mock-up 01): the call at the left, the live board at the right. The board
//! holds no name, ever (R6); the call panel holds what the operator types and nothing else.

use askama::Template;

use super::{AlikeLine, CallPanel, Event, HandCase};
use crate::parts::{Choice, Desk, MiniTrack, State};

/// One request on the board.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it opens.
    pub href: String,
    /// Its state; only the sign is drawn, the word is in the group's title.
    pub state: State,
    /// Remaining time in words, `41 min`.
    pub left: String,
    /// What that time is, `restantes`.
    pub left_of: String,
    /// The instant the time runs to, in milliseconds, when it is still running.
    pub until_ms: Option<i64>,
    /// The care, in bold: `Visite infirmière`.
    pub care: String,
    /// The motive: `pansement`. May be empty.
    pub motive: String,
    /// `H 82 ans · Brétigny-sur-Orge · avant 18 h`. Never a name.
    pub facts: String,
    /// The time axis, once it runs.
    pub track: Option<MiniTrack>,
    /// The words instead of the axis.
    pub track_words: String,
    /// Who has the baton.
    pub who: String,
    /// What they did with it.
    pub who_more: String,
    /// What the operator can do at once: address and word.
    pub link: Option<(String, String)>,
    /// An act of one gesture: where it posts, and its word.
    pub act: Option<(String, &'static str)>,
    /// The shortcut of that act, `Alt+KeyR`; empty for none.
    pub key: &'static str,
}

/// The requests of one state.
#[derive(Clone, Debug)]
pub struct Group {
    /// Anchor in the page, `g-main`.
    pub anchor: &'static str,
    /// The state, its word in full.
    pub state: State,
    /// The word on the counter, two short lines.
    pub tab: (&'static str, &'static str),
    /// How many there are (perhaps more than the rows shown).
    pub count: usize,
    /// A few words after the title.
    pub note: String,
    /// Whether it has a counter of its own.
    pub counted: bool,
    /// The rows, ordered by risk then time.
    pub rows: Vec<Row>,
}

/// The most urgent request, shown beside the board on a wide screen.
#[derive(Clone, Debug)]
pub struct Peek {
    /// What it is, its ways out and why nobody said yes.
    pub case: HandCase,
    /// What happened last, newest first.
    pub events: Vec<Event>,
}

/// The board.
#[derive(Clone, Debug)]
pub struct Board {
    /// The groups, in the fixed order of DESIGN §6.2.
    pub groups: Vec<Group>,
    /// What was just said, for assistive technology.
    pub announce: String,
    /// When there is nothing at all: one sentence of fact.
    pub empty: String,
    /// The most urgent case.
    pub peek: Option<Peek>,
    /// The call this desk has in hand, the latest: what the page follows when the exchange says that
    /// it was answered here.
    pub mine: String,
}

impl Board {
    fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.rows.is_empty())
    }
}

/// The board alone, as swapped in the page when something moved.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/board.html")]
pub struct BoardPart {
    /// The board.
    pub board: Board,
}

/// How many would be asked, before launching (R5).
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// How many would be asked in all; `None` while too little is known to count.
    pub asked: Option<u32>,
    /// Who first and until when, then who.
    pub sentence: String,
    /// How many are left out, and why: `distance 11, indisponible 8`.
    pub left_out: String,
    /// What else is worth knowing (few minutes left before closing, …).
    pub warning: String,
    /// When nobody would be asked: the other ways.
    pub instead: Vec<String>,
    /// When nobody would be asked: the other professions of the sheet, code and name.
    pub otherwise: Vec<Choice>,
    /// Where the form counts again, once one of them is chosen.
    pub address: &'static str,
    /// Requests that may already be this person's (R2).
    pub alike: Vec<AlikeLine>,
}

/// The count alone, as swapped in the form while it is filled in.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/reach.html")]
pub struct ReachPart {
    /// The count.
    pub reach: Reach,
}

/// The lists a request form offers.
#[derive(Clone, Debug, Default)]
pub struct NeedChoices {
    /// Who calls.
    pub origins: Vec<Choice>,
    /// The closed list of motives.
    pub motives: Vec<Choice>,
    /// The professions.
    pub professions: Vec<Choice>,
    /// The kinds of care.
    pub care_types: Vec<Choice>,
    /// The care delays.
    pub delays: Vec<Choice>,
    /// The response windows.
    pub windows: Vec<Choice>,
}

/// The operator's page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/direct.html")]
pub struct DirectPage {
    /// The frame.
    pub desk: Desk,
    /// The call in progress.
    pub call: CallPanel,
    /// The board.
    pub board: Board,
}
