//! The secret of a link: made when the first message that gives it leaves, put into the text at the
//! last moment, like the number it goes to. In no row of the outbox, in no log.

use crate::app::Inner;
use crate::chance;
use crate::error::AppError;
use crate::text::PAGE_MASK;
use relais_core::ids::{NetworkId, PatientId, RequestId};
use relais_core::time::Instant;
use relais_store::seal::Secret;
use relais_store::{Tx, patient_links};

/// The secret of a request's page, made if there is none.
pub(super) fn secret(
    inner: &Inner,
    tx: &mut Tx<'_>,
    request: RequestId,
    network: NetworkId,
    now: Instant,
) -> Result<Option<Secret>, AppError> {
    if let Some(known) = patient_links::find_secret(tx, &inner.vault, request)? {
        return Ok(Some(known));
    }
    // One that was revoked stays so: whoever asked for it does not want another.
    if patient_links::find(tx, request)?.is_some() {
        return Ok(None);
    }
    let secret = Secret::new(chance::short_token());
    let digest = chance::fingerprint(secret.expose());
    patient_links::insert(tx, &inner.vault, request, network, &secret, &digest, now)?;
    Ok(Some(secret))
}

/// Whoever held the links of a patient is somebody else: each gets another secret, and the old ones open nothing.
pub(crate) fn renew_all(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
    now: Instant,
) -> Result<(), AppError> {
    for request in patient_links::list_of_patient(tx, patient)? {
        let secret = Secret::new(chance::short_token());
        let digest = chance::fingerprint(secret.expose());
        patient_links::renew(tx, &inner.vault, request, &secret, &digest, now)?;
    }
    Ok(())
}

/// A text as it leaves: with the secret of its reader's page where it stands for one. Without a
/// secret to give, the address goes and the rest stays: no text needs it to be understood.
pub(crate) fn put_in(
    inner: &Inner,
    tx: &mut Tx<'_>,
    text: &str,
    request: RequestId,
    network: NetworkId,
    now: Instant,
) -> Result<String, AppError> {
    if !text.contains(PAGE_MASK) {
        return Ok(text.to_owned());
    }
    Ok(match secret(inner, tx, request, network, now)? {
        Some(secret) => text.replace(PAGE_MASK, secret.expose()),
        None => text
            .split_once(" Voir ")
            .map_or_else(|| text.replace(PAGE_MASK, ""), |(said, _)| said.to_owned()),
    })
}
