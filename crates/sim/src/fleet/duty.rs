//! What a node owes: the points of the shell's conduct on which the invariants rest. Honest nodes
//! fulfil them all; a test neglects one at a time and must see it found.

macro_rules! duties {
    ($($(#[$doc:meta])* $variant:ident),+ $(,)?) => {
        /// One thing a node owes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Duty { $($(#[$doc])* $variant),+ }

        impl Duty {
            /// Every duty.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

duties! {
    /// Saves only if the version it read still stands; else reads again and decides again (I1).
    ChecksVersion,
    /// Decides on the directory of the moment, not on the one it read before (I3).
    ReadsDirectory,
    /// Writes the messages in the commit of the change they tell (I7).
    WritesInOneCommit,
    /// Hands nothing to a gateway that is not written down (I7).
    CommitsBeforeSending,
    /// Answers nobody before the commit.
    CommitsBeforeAnswering,
    /// A claim ends, so that the messages of a dead process are sent by another.
    ClaimsUntil,
    /// A claim is written down, so that two nodes do not send one message.
    ClaimsAlone,
    /// Hands over only what the gateway can answer before the claim ends.
    MindsLease,
    /// A no of a claim that ended says nothing of the one that followed.
    FencesRecords,
    /// A message keeps its key from one attempt to the next.
    KeepsMessageKey,
    /// A receipt speaks of the message whose key it carries.
    MatchesReceipts,
    /// Silence makes the next channel speak.
    Escalates,
    /// A gateway that asks to come back is asked again.
    TriesAgain,
    /// What was not sent of an offer taken back is not sent.
    TakesBack,
    /// What left while its offer was being taken back is followed by "pourvu".
    FollowsUp,
    /// What is due is found again after a restart.
    FindsDue,
    /// Its own clock says what is due.
    MindsOwnClock,
    /// A commit of which nothing is known is neither made nor lost: the same key is asked again.
    DoubtsUnknown,
    /// A retry carries the key of what it retries.
    KeepsKey,
    /// A yes heard again under its key is told what is now, not what was.
    JudgesAgain,
    /// The same SMS answer twice is one answer.
    HearsOnce,
    /// A change of the directory is looked at again although the node that made it died (R4.11).
    LooksAgain,
    /// Nothing is handed over once it is worth nothing.
    Expires,
}

/// How the nodes of an episode conduct themselves.
pub trait Conduct: Sync {
    /// Whether they fulfil a duty.
    fn fulfils(&self, duty: Duty) -> bool;
}

/// Nodes that do what they owe.
#[derive(Debug, Clone, Copy, Default)]
pub struct Honest;

impl Conduct for Honest {
    fn fulfils(&self, _: Duty) -> bool {
        true
    }
}
