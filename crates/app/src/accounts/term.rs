//! Until when a professional is shown anything. Rights end with the dates of a contract and with the
//! last membership: the page, the token and the stream that were open included (R5, R6). Refuses to
//! end anything for whoever is suspended or not yet approved: they are not asked, and keep the
//! patients they have.

use crate::directory::Directory;
use crate::error::AppError;
use crate::text::When;
use relais_core::ids::ProfessionalId;
use relais_core::people::{Membership, MembershipStatus};
use relais_core::time::Instant;

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// Nothing ends: no professional, or one who practises without end.
    Open,
    /// First moment without the right to practise.
    Until(Instant),
    /// They left every network they were a member of.
    Left,
}

impl Term {
    /// That of the professional behind an account or a token.
    pub(crate) fn of(id: Option<ProfessionalId>, directory: &Directory) -> Self {
        let Some(person) = id.and_then(|id| directory.person(id)) else {
            return Self::Open;
        };
        let memberships = &person.member.memberships;
        let left = |one: &Membership| one.status == MembershipStatus::Left;
        if !memberships.is_empty() && memberships.iter().all(left) {
            return Self::Left;
        }
        person
            .member
            .standing
            .ends()
            .map_or(Self::Open, Self::Until)
    }

    /// Whether anything is still shown.
    pub(crate) fn holds(self, now: Instant) -> bool {
        match self {
            Self::Open => true,
            Self::Until(end) => now < end,
            Self::Left => false,
        }
    }

    /// The same, with why not.
    ///
    /// # Errors
    /// `rights-ended`, in words.
    pub(crate) fn check(self, when: &When<'_>) -> Result<(), AppError> {
        let detail = match self {
            _ if self.holds(when.now) => return Ok(()),
            Self::Until(end) => format!(
                "Vos dates d’exercice sont passées depuis le {}. Le coordinateur de votre réseau peut les prolonger.",
                when.plain_date(end)
            ),
            Self::Open | Self::Left => {
                "Vous n’êtes plus membre d’un réseau. Son coordinateur peut vous y faire revenir."
                    .to_owned()
            }
        };
        Err(AppError::problem("rights-ended", 403, detail))
    }
}
