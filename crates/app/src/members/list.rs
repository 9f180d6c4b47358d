//! The list of a network's members: by name or number, by what asks for a look, a page at a time.
//! Read from the directory in memory: no alert number, no account.

use super::{coordinator, status_in};
use crate::app::{App, Who};
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::reference::folded;
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};

/// Members on one page of the list.
pub const PER_PAGE: usize = 50;
/// How near its end a contract is said to end soon.
pub const ENDING: Duration = Duration::hours(24 * 30);

/// What asks for a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Everybody who did not leave.
    #[default]
    All,
    /// A contract that ends within [`ENDING`], or that is over.
    Ending,
    /// Active, and nothing reaches them.
    Unreached,
    /// Suspended.
    Suspended,
    /// They left.
    Left,
}

impl Part {
    /// Every part, in the order shown.
    pub const ALL: [Self; 5] = [
        Self::All,
        Self::Ending,
        Self::Unreached,
        Self::Suspended,
        Self::Left,
    ];

    fn holds(self, row: &ProfessionalRow, status: MembershipStatus, now: Instant) -> bool {
        let active = status == MembershipStatus::Active;
        match self {
            Self::All => status != MembershipStatus::Left,
            Self::Ending => {
                let ends = row.member.standing.ends();
                active && ends.is_some_and(|end| end.since(now) <= ENDING)
            }
            Self::Unreached => active && !row.member.channels.any(),
            Self::Suspended => status == MembershipStatus::Suspended,
            Self::Left => status == MembershipStatus::Left,
        }
    }
}

/// What the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Beginnings of the name or of the town, or of the national number.
    pub search: String,
    /// Which part.
    pub part: Part,
    /// Which page, from 1.
    pub page: usize,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Members {
    /// Those of the page, by surname.
    pub rows: Vec<(ProfessionalRow, MembershipStatus)>,
    /// How many fit, in all.
    pub found: usize,
    /// How many each part of [`Part::ALL`] holds, whatever is searched.
    pub counts: [usize; 5],
    /// The page shown, from 1.
    pub page: usize,
}

/// What a search asks of a name and of a number.
struct Search {
    words: Vec<String>,
    digits: String,
}

impl Search {
    fn of(text: &str) -> Self {
        let folded = folded(text);
        let words = folded.split(' ').filter(|word| !word.is_empty());
        Self {
            words: words.map(str::to_owned).collect(),
            digits: text.chars().filter(char::is_ascii_digit).collect(),
        }
    }

    fn fits(&self, name: &str, row: &ProfessionalRow) -> bool {
        if self.digits.len() >= 4 {
            return row.rpps.starts_with(&self.digits);
        }
        let begins = |word: &String| name.split(' ').any(|part| part.starts_with(word.as_str()));
        self.words.iter().all(begins)
    }
}

impl App {
    /// A page of the network's members whose name, town or number fits, by surname.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn members(&self, who: &Who, wanted: &Wanted) -> Result<Members, AppError> {
        let network = coordinator(who)?;
        let directory = self.directory().await?;
        let (search, now) = (Search::of(&wanted.search), self.now());
        let mut counts = [0; 5];
        let mut fitting = Vec::new();
        for (name, row) in directory.named_in(network) {
            let Some(status) = status_in(row, network) else {
                continue;
            };
            for (count, part) in counts.iter_mut().zip(Part::ALL) {
                *count += usize::from(part.holds(row, status, now));
            }
            if wanted.part.holds(row, status, now) && search.fits(name, row) {
                fitting.push((name, row, status));
            }
        }
        fitting.sort_unstable_by_key(|(name, row, _)| (*name, row.member.id));
        let found = fitting.len();
        let page = wanted.page.clamp(1, found.div_ceil(PER_PAGE).max(1));
        let shown = fitting.into_iter().skip((page - 1) * PER_PAGE);
        Ok(Members {
            rows: shown
                .take(PER_PAGE)
                .map(|(_, row, status)| (row.clone(), status))
                .collect(),
            found,
            counts,
            page,
        })
    }
}
