//! The two codes: sent within limits, tried, each right by itself.

use super::apply::{DAY, filling, network_of, recognise, save, send};
use super::body::Body;
use super::proof::{Proof, Tried};
use super::{FILLING_KEPT, Step, calls_work, post};
use crate::app::{App, Inner};
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::{AppError, FieldError};
use relais_core::ids::ApplicationId;
use relais_core::time::{Duration, Instant};
use relais_store::applications::{self, ApplicationStatus};
use relais_store::{Tx, users};

/// Codes one telephone, or one mailbox, is sent in a day.
const CODES_PER_DAY: u32 = 6;
/// Times one application may ask for codes.
pub(super) const SENDINGS: u8 = 4;
/// Between two sendings.
pub(super) const PATIENCE: Duration = Duration::seconds(30);

/// How codes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodesBy {
    /// A code by SMS and one by mail, each where it is not proved yet.
    Messages,
    /// The mobile rings and a voice reads its code, for whom no SMS arrives. The mail's code stays as it is.
    Call,
}

impl App {
    /// Whether a telephone can be called here: a voice gateway is configured.
    #[must_use]
    pub fn signup_calls(&self) -> bool {
        calls_work(&self.0)
    }

    /// Sends new codes for what is not proved yet.
    ///
    /// # Errors
    /// Too soon, or too often; no such application; a call where nothing calls.
    pub async fn signup_resend(&self, token: &str, by: CodesBy) -> Result<(), AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.write(move |inner, tx| {
            let mut one = filling(tx, &mark, now)?;
            if one.step() != Step::Codes {
                return Ok(());
            }
            if by == CodesBy::Call && (one.body.sms_code.proved || !calls_work(inner)) {
                return Err(AppError::NotFound);
            }
            let entry = network_of(inner, tx, &one)?;
            let id = one.application.id;
            send_codes(inner, tx, &entry, id, &mut one.body, by, now)?;
            save(tx, one, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Tries the codes received; each is right by itself. Answers what is wrong, by field; nothing
    /// when both are proved.
    ///
    /// # Errors
    /// No such application.
    pub async fn signup_codes(
        &self,
        token: &str,
        sms: String,
        mail: String,
    ) -> Result<Vec<FieldError>, AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        let seed = chance::totp_secret();
        let (wrong, sent) = self
            .write(move |inner, tx| {
                let mut one = filling(tx, &mark, now)?;
                if one.step() != Step::Codes {
                    return Ok((Vec::new(), false));
                }
                let (id, body) = (one.application.id, &mut one.body);
                let mut wrong = Vec::new();
                let mut check = |proof: &mut Proof, pointer: &str, what, typed: &str| {
                    if proof.proved {
                        return Ok(());
                    }
                    if typed.trim().is_empty() {
                        wrong.push(FieldError::new(pointer, "Recopiez le code à six chiffres."));
                        return Ok(());
                    }
                    let tried = proof.try_code(inner, id, what, typed, now)?;
                    wrong.extend(said(tried).map(|message| FieldError::new(pointer, message)));
                    Ok::<_, AppError>(())
                };
                check(&mut body.sms_code, "/sms", "sms", &sms)?;
                if let Some(proof) = body.mail_code.as_mut() {
                    check(proof, "/mail", "mail", &mail)?;
                }
                let mut sent = false;
                if body.proved() {
                    body.keep_secret(inner, seed)?;
                    recognise(tx, &mut one)?;
                    if one.body.has_account && !one.body.is_member {
                        // Their account exists: there is nothing left to choose.
                        let entry = network_of(inner, tx, &one)?;
                        send(inner, tx, &mut one, &entry, now)?;
                        sent = true;
                    }
                }
                if !sent {
                    one.application.expires_at = Some(now + FILLING_KEPT);
                }
                one.application.body = one.body.encode()?;
                applications::update(tx, &one.application, ApplicationStatus::Filling)?;
                Ok((wrong, sent))
            })
            .await?;
        if sent {
            self.wake();
        }
        Ok(wrong)
    }
}

/// Sends codes, within the limits of one application, one telephone and one mailbox.
pub(super) fn send_codes(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    id: ApplicationId,
    body: &mut Body,
    by: CodesBy,
    now: Instant,
) -> Result<(), AppError> {
    if body.sendings >= SENDINGS {
        let message =
            "Quatre envois ont été faits. Appelez le réseau, ou recommencez l’inscription demain.";
        return Err(AppError::invalid("/phone", message));
    }
    if body.sendings > 0 && now.since(Instant::from_millis(body.sent_at)) < PATIENCE {
        let message =
            "Les codes viennent de partir. Attendez une demi-minute avant d’en demander d’autres.";
        return Err(AppError::invalid("/phone", message));
    }
    let sms = (!body.sms_code.proved).then(|| ("/phone", format!("signup sms {}", body.phone)));
    let mail = body.mail_code.as_ref().is_some_and(|proof| !proof.proved);
    let mail =
        (mail && by == CodesBy::Messages).then(|| ("/mail", format!("signup mail {}", body.mail)));
    for (pointer, key) in sms.into_iter().chain(mail) {
        if users::count_attempts(tx, &key, now - DAY)? >= CODES_PER_DAY {
            let message =
                "Six codes y ont été envoyés aujourd’hui. Réessayez demain, ou appelez le réseau.";
            return Err(AppError::invalid(pointer, message));
        }
        users::insert_attempt(tx, &key, now, true)?;
    }
    post::codes(inner, tx, entry, id, body, by, now)?;
    body.sendings += 1;
    body.sent_at = now.millis();
    Ok(())
}

fn said(tried: Tried) -> Option<String> {
    match tried {
        Tried::Right => None,
        Tried::Wrong(1) => Some("Ce n’est pas ce code. Il reste un essai.".to_owned()),
        Tried::Wrong(left) => Some(format!("Ce n’est pas ce code. Il reste {left} essais.")),
        Tried::Dead => Some(
            "Ce code ne vaut plus\u{a0}: il a été essayé cinq fois, ou il a plus de dix minutes. Demandez-en un autre."
                .to_owned(),
        ),
    }
}
