//! A thread as one file of text, for those who may read it: to keep in their own records. Written to
//! the journal before it is given.

use super::{allowed, look, readers};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::text::When;
use crate::text::thread as words;
use relais_core::ids::RequestId;
use relais_store::{patient_wishes, requests, threads};
use std::fmt::Write as _;

impl App {
    /// The thread as a text, and the short number of its request; journaled.
    ///
    /// # Errors
    /// Not found for this actor, or not to be shown to them.
    pub async fn export_thread(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(String, String), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let wishes = patient_wishes::of_patient(tx, stored.patient)?;
            let access = allowed(&actor, &stored, &wishes)?;
            let directory = inner.directory.current(tx)?;
            let opened = threads::open(tx, &inner.vault, &access)?;
            look(
                tx,
                &directory,
                &stored,
                &access,
                ("thread.exported", "exporté"),
                &who,
                now,
            )?;
            let entry = directory.network(stored.request.network)?;
            let when = When {
                now,
                zone: &entry.calendar.zone,
            };
            let stamp = |at| format!("{} à {}", when.plain_date(at), when.hour(at));
            let name = |user| directory.user_name(user).unwrap_or_default();
            let mut file = format!(
                "Fil de la demande {}\r\nLecteurs : {}\r\nExporté le {} par {}\r\n",
                stored.code,
                readers(&directory, &stored.request, &wishes)?.join(", "),
                stamp(now),
                name(actor.user)
            );
            for one in &opened {
                let facts = &one.facts;
                // Writing to a String cannot fail.
                let _ = write!(
                    file,
                    "\r\n[{}] {}, {}\r\n",
                    stamp(facts.at),
                    name(facts.author),
                    words::side(facts.side)
                );
                if !one.text.expose().is_empty() {
                    let _ = write!(file, "{}\r\n", one.text.expose().replace('\n', "\r\n"));
                }
                if facts.photos > 0 {
                    let photos = words::photos(facts.photos);
                    let _ = write!(file, "({photos}, à ouvrir dans l’application)\r\n");
                }
            }
            if opened.is_empty() {
                file.push_str("\r\nAucun message.\r\n");
            }
            Ok((file, stored.code))
        })
        .await
    }
}
