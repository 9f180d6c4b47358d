//! Open contacts whose time has come: closing time ends a call nobody came back to, a promise not
//! kept is recalled (R1, R2). May run twice without effect.

use super::open::open_of;
use super::{Ending, close};
use crate::app::{App, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::journal;
use crate::tasks::left::Left;
use relais_core::contact::{NEVER_RESUMED, Next, Why, tick};
use relais_core::ids::ContactId;
use relais_core::time::Openness;
use relais_store::contacts;
use serde_json::json;

/// The alert told to the boards when a call back is late.
pub(crate) const LATE: &str = "call-back-late";

/// Why the clock ended it, as people read it.
const NEVER: &str = "Jamais repris avant la fermeture";
/// The same where the network does not close.
const A_DAY: &str = "Jamais repris depuis un jour";

impl App {
    /// Looks at every open contact that is due, the longest overdue first; answers how many moved
    /// and how many could not be looked at, which stay due.
    pub(crate) async fn run_due_contacts(&self) -> Result<(usize, usize), AppError> {
        let (mut done, mut failed) = (0, Left::<ContactId>::nothing());
        loop {
            let now = self.now();
            let limit = failed.page();
            let due = self.read(move |_, tx| Ok(contacts::list_due(tx, now, limit)?));
            let due = failed.others(due.await?);
            if due.is_empty() {
                return Ok((done, failed.count()));
            }
            for id in due {
                match self.tick_contact(id).await {
                    Ok(()) => done += 1,
                    Err(error) => {
                        tracing::error!(contact.id = %id, %error, "a due contact could not be looked at");
                        failed.add(id);
                    }
                }
            }
        }
    }

    async fn tick_contact(&self, id: ContactId) -> Result<(), AppError> {
        let now = self.now();
        let who = Who::platform("clock");
        self.write(move |inner, tx| {
            let contact = contacts::get_for_update(tx, id)?;
            if contact.due.is_none_or(|(at, _)| at > now) {
                return Ok(());
            }
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(contact.network)?.calendar;
            match tick(&open_of(&contact), now, calendar) {
                Next::Wait(at, why) => Ok(contacts::update_due(tx, &contact, (at, why))?),
                Next::Late(again) => {
                    contacts::update_due(tx, &contact, (again, Why::CallBack))?;
                    let body = json!({ "contact": id.to_string() });
                    let network = Some(contact.network);
                    journal::act(tx, network, "contact.late", None, None, &body, &who, now)?;
                    let alert = Some(LATE.to_owned());
                    tx.notify(Change::contacts(contact.network, alert).encode())?;
                    Ok(())
                }
                Next::End(outcome) => {
                    let reason = match calendar.openness(contact.received_at) {
                        Openness::Always => A_DAY,
                        Openness::Until(_) | Openness::Closed => NEVER,
                    };
                    let ending = Ending {
                        outcome,
                        reason: Some(reason.to_owned()),
                        reason_code: Some(NEVER_RESUMED.to_owned()),
                        pointer: None,
                    };
                    close(tx, &contact, &ending, None, &who, now)
                }
            }
        })
        .await
    }
}
