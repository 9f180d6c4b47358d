//! What every provider must do, as one check that each provider's tests call. A provider that
//! passes it can be put under any screen and any engine without either knowing.

use crate::gateway::{About, Failure, Gateway};
use crate::message::{Channel, Outgoing};

/// Sends `sample` and variants of it, and says the first promise that is broken.
///
/// # Errors
/// A sentence naming the promise.
pub fn holds(gateway: &dyn Gateway, sample: &Outgoing) -> Result<(), String> {
    let about = gateway.about();
    described(&about, sample)?;
    let first = gateway.send(sample);
    let first = first.map_err(|failure| format!("a good message is refused: {failure}"))?;
    if first.provider_ref.is_empty() {
        return Err("an accepted message has no reference".to_owned());
    }
    if about.idempotent && gateway.send(sample).as_ref() != Ok(&first) {
        return Err("the same key gave another reference".to_owned());
    }
    let mut other = sample.clone();
    other.idempotency_key.push_str("-other");
    match gateway.send(&other) {
        Ok(accepted) if accepted != first => {}
        Ok(_) => return Err("two messages share a reference".to_owned()),
        Err(failure) => return Err(format!("a second message is refused: {failure}")),
    }
    for (code, wrong) in wrongs(&about, sample) {
        let expected = Failure::Never {
            code: code.to_owned(),
        };
        if gateway.send(&wrong) != Err(expected) {
            return Err(format!("not refused for good: {code}"));
        }
    }
    Ok(())
}

fn described(about: &About, sample: &Outgoing) -> Result<(), String> {
    if about.name.is_empty() {
        return Err("it has no name".to_owned());
    }
    if about.channel != sample.channel {
        return Err("the sample is of another channel".to_owned());
    }
    Ok(())
}

fn wrongs(about: &About, sample: &Outgoing) -> Vec<(&'static str, Outgoing)> {
    let variant = |code: &'static str, change: &dyn Fn(&mut Outgoing)| {
        let mut wrong = sample.clone();
        wrong.idempotency_key = format!("{}-{code}", sample.idempotency_key);
        change(&mut wrong);
        (code, wrong)
    };
    let another = match about.channel {
        Channel::Push => Channel::Sms,
        Channel::Sms | Channel::Mail | Channel::Voice | Channel::Mssante => Channel::Push,
    };
    let mut wrongs = vec![
        variant("empty", &|m| m.text = "  ".to_owned()),
        variant("no-address", &|m| m.to = crate::Address::new("")),
        variant("wrong-channel", &|m| m.channel = another),
    ];
    if let Some(max) = about.max_len {
        wrongs.push(variant("too-long", &|m| m.text = "a".repeat(max + 1)));
    }
    wrongs
}
