//! *Mes réglages*: the whole of one's terms as a person types them, and what last week would have brought
//! with them.
//!
//! Owns reading the form ([`draft`], [`hours`]) and judging last week's requests again (R5). Refuses anything about a patient: only
//! counts come out.

mod draft;
mod hours;
mod week;

pub use draft::TermsDraft;
pub use week::{LastWeek, Outlook};

use crate::app::{App, Who};
use crate::error::AppError;
use crate::offers::answer::professional;
use relais_core::time::Duration;
use relais_store::professionals;
use relais_store::requests::{self, Filter};
use week::{concerns, outlook};

/// How far back is looked.
const WEEK: Duration = Duration::hours(7 * 24);
/// Most requests judged again: a busy network's week.
const REQUESTS_MAX: usize = 3_000;
/// Requests read at once.
const PAGE: u32 = 200;

impl App {
    /// Saves one's terms.
    ///
    /// # Errors
    /// Each value that cannot be used, by its name.
    pub async fn set_terms(&self, who: &Who, draft: TermsDraft) -> Result<(), AppError> {
        professional(&who.signed_in()?)?;
        self.change_profile(who, "profile.changed", move |profile, _| draft.put(profile))
            .await
    }

    /// What last week would have brought with terms that are not saved.
    ///
    /// # Errors
    /// As [`App::set_terms`].
    pub async fn last_week(&self, who: &Who, draft: TermsDraft) -> Result<LastWeek, AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let member = professionals::get(tx, id)?.member;
            let mut other = member.clone();
            draft.put(&mut other.profile)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(actor.network)?;
            let (mut past, mut before) = (Vec::new(), None);
            let mut cut = false;
            'reading: loop {
                let filter = Filter {
                    network: Some(actor.network),
                    before,
                    ..Filter::default()
                };
                let page = requests::list(tx, &filter, PAGE)?;
                before = page.last().map(|stored| stored.request.id);
                for stored in page {
                    if now.since(stored.request.raised_at) > WEEK {
                        break 'reading;
                    }
                    if past.len() == REQUESTS_MAX {
                        cut = true;
                        break 'reading;
                    }
                    if concerns(&stored, &member) {
                        past.push(stored);
                    }
                }
                if before.is_none() {
                    break;
                }
            }
            past.reverse();
            Ok(LastWeek {
                requests: u32::try_from(past.len()).unwrap_or(u32::MAX),
                cut,
                before: outlook(&past, &member, &entry.calendar),
                after: outlook(&past, &other, &entry.calendar),
            })
        })
        .await
    }
}
