//! What a line of a scenario may say: `request for gp, otalgie, Massy, within 12 h`, `Dr A
//! passes`, `operator pauses`, `time passes`, `Dr B now: unavailable until 11:00`.

use super::{Clause, Setting};
use crate::places::Place;
use relais_core::people::{Mode, Profession};
use relais_core::request::{
    Appointment, CancelledBy, Closure, Contacted, Origin, RedFlags, RefusalReason, UsualDoctor,
};
use relais_core::time::Instant;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// A request is raised.
    Request(Ask),
    /// One lived on paper is entered: when the call came, and what people said on the phone.
    Late(Ask, Instant, Vec<(Instant, Act)>),
    /// What raising it would do.
    Preview(Ask),
    /// Commands at the same millisecond, in order.
    Do(Vec<Act>),
    /// Everything due until now, each at its own moment.
    TimePasses,
    /// The directory changes; noticed = open requests are reconsidered at once.
    Change {
        /// Of whom.
        name: String,
        /// What.
        clauses: Vec<Clause>,
        /// Whether the shell noticed.
        noticed: bool,
    },
    /// The network's settings change.
    Settings(Vec<Setting>),
}

/// A request to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For which profession.
    pub profession: Profession,
    /// Motives.
    pub motives: Vec<String>,
    /// Where the patient is.
    pub place: &'static Place,
    /// Care delay, hours.
    pub within_hours: u8,
    /// Specialty.
    pub specialty: Option<String>,
    /// Care type.
    pub care: String,
    /// Mode.
    pub mode: Mode,
    /// Age in years.
    pub age: u8,
    /// Usual professionals, by name; names unknown to the scenario are outside the directory.
    pub usual: Vec<String>,
    /// Who stands in for one of them, for whom, and for how many minutes still.
    pub stand_ins: Vec<(String, String, u16)>,
    /// A usual doctor outside the directory.
    pub outside: bool,
    /// Has a usual doctor?
    pub doctor: UsualDoctor,
    /// Were they contacted?
    pub contacted: Contacted,
    /// Red flags.
    pub red_flags: RedFlags,
    /// Window, minutes.
    pub window: Option<u16>,
    /// Origin.
    pub origin: Origin,
    /// Raised by a professional.
    pub by: Option<String>,
    /// Cooperation protocols of which one is asked.
    pub under: Vec<String>,
}

impl Ask {
    /// A request with nothing special.
    pub fn new(profession: Profession, motive: &str, place: &'static Place, hours: u8) -> Self {
        Self {
            profession,
            motives: vec![motive.to_owned()],
            place,
            within_hours: hours,
            specialty: None,
            care: "soins-non-programmes".to_owned(),
            mode: Mode::Consultation,
            age: 40,
            usual: Vec::new(),
            stand_ins: Vec::new(),
            outside: false,
            doctor: UsualDoctor::No,
            contacted: Contacted::NotTried,
            red_flags: RedFlags::None,
            window: None,
            origin: Origin::Patient,
            by: None,
            under: Vec::new(),
        }
    }
}

/// Which of somebody's offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Newest,
    /// The oldest.
    Oldest,
}

/// A change of the need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NeedChange {
    /// Another delay, hours.
    Within(u8),
    /// Another mode.
    Mode(Mode),
    /// Another motive.
    Motive(String),
    /// Another comment.
    Comment(String),
    /// Another profession.
    Profession(Profession),
    /// Another specialty.
    Specialty(String),
    /// Another care type.
    Care(String),
    /// Other cooperation protocols; none = the profession's own right.
    Under(Vec<String>),
}

/// A command, people by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The clock.
    Tick,
    /// The directory is read again.
    Reread,
    /// A gateway took the message.
    Sent(String),
    /// A receipt came.
    Delivered(String),
    /// The offer was opened.
    Opens(String),
    /// "J'accepte".
    Accepts(String, Which, Appointment),
    /// "Je passe".
    Passes(String, Which, RefusalReason),
    /// Gives the patient back.
    Releases(String),
    /// An hour they had kept came free.
    HasAgain(String, Instant),
    /// The accepter sets the appointment.
    Sets(String, Appointment),
    /// The accepter closes.
    Closes(String, Closure),
    /// The operator sets the appointment.
    DeskSets(Appointment),
    /// The operator closes.
    DeskCloses(Closure),
    /// Stops the clock.
    Pauses,
    /// Starts it again.
    Resumes,
    /// New window, minutes.
    Relaunches(Option<u16>),
    /// Widens.
    Widens,
    /// Owns the unfilled request.
    TakesInHand,
    /// Cancels.
    Cancels(CancelledBy),
    /// Hands to 15.
    Transfers,
    /// Edits the need.
    Edits(Vec<NeedChange>),
    /// The regulator lets it go, with changes.
    Qualifies(Vec<NeedChange>),
}
