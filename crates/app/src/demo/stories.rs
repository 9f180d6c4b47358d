//! What happened before the demonstration starts, as scripts: who raised what for whom, then what
//! each did after so many minutes. Only data: the shell plays them through the real use cases.

use relais_core::request::{CancelledBy, Closure, Need, Origin, RedFlags, RefusalReason, Status};

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// What it shows, in English, for logs and tests.
    pub title: &'static str,
    /// Minutes before the start of the demonstration at which it is raised.
    pub at_minutes_before: i64,
    /// Index of the network.
    pub network: usize,
    /// Index of the account that raises it.
    pub requester: usize,
    /// Where it came from.
    pub origin: Origin,
    /// Index of the patient.
    pub patient: usize,
    /// What is needed.
    pub need: Need,
    /// What the red-flag questions gave.
    pub red_flags: RedFlags,
    /// Key of the question nobody could answer: the answers of the call are then kept, every other
    /// question answered as usual.
    pub doubt: Option<&'static str>,
    /// Window asked, minutes; `None` = the network's.
    pub window_minutes: Option<u16>,
    /// Consent to a synthesis.
    pub consent_synthesis: bool,
    /// What follows: minutes after it was raised, and what happens then; in time order.
    pub steps: Vec<(i64, Step)>,
    /// Where it stands when the demonstration starts.
    pub ends_as: Status,
    /// Its outcome, when closed.
    pub closure: Option<Closure>,
}

/// Which of those asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The patient's usual professional with a live offer.
    Usual,
    /// The n-th nearest among the other live offers at that moment, from 0; ties by id.
    Nearest(usize),
}

/// When the patient is seen, as told by the one who accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many minutes after the step.
    At(i64),
    /// Between so many and so many minutes after the step.
    Between(i64, i64),
    /// "Je rappelle le patient".
    Call,
    /// To be set by the desk.
    ToBeSet,
}

/// One thing somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Opens the offer.
    Seen(Who),
    /// Passes.
    Refuse(Who, RefusalReason),
    /// Accepts.
    Accept(Who, When),
    /// The desk sets the appointment.
    SetAppointment(When),
    /// The accepter gives the patient back.
    Release,
    /// The accepter closes it; the desk when nobody has it.
    Close(Closure),
    /// Somebody cancels it, through the desk.
    Cancel(CancelledBy),
    /// The desk stops the clock.
    Pause,
    /// The desk hands it to 15.
    Transfer15,
    /// An operator takes it in hand.
    TakeInHand,
    /// The regulator lets it go as it is.
    Qualify,
}

/// The guided visit: what the start page tells a newcomer to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Guided {
    /// Index of the GP of Massy with declared patients.
    pub doctor: usize,
    /// Index of a GP without a smartphone: SMS only.
    pub no_smartphone: usize,
    /// Index of the pharmacist of Massy.
    pub pharmacist: usize,
    /// An operator's first call: asks the GP of Massy alone, then the community.
    pub first_call: GuidedCall,
    /// A call for which nobody can be asked.
    pub nobody: GuidedCall,
    /// The pharmacist's request for a nurse.
    pub nurse: GuidedCall,
}

/// One request to be raised by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct GuidedCall {
    /// Index of the account that raises it.
    pub requester: usize,
    /// Index of the patient.
    pub patient: usize,
    /// Where it comes from.
    pub origin: Origin,
    /// What is needed.
    pub need: Need,
}
