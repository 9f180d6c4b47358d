//! The switches of *Mon activité* about how one is reached (R7, mock-up 07): each is one of the terms that *Tous mes
//! réglages* has whole, said as a yes or a no. Owns what a switch means; refuses to lose what it does not say: an order
//! of ways, hours, or a phone that already shows less.

use jiff::civil::Time;
use relais_app::activity::{ActivityDraft, QuietDraft};
use relais_core::cascade::Policy;
use relais_core::people::{Profile, QuietHours};
use relais_core::reach::{LockScreen, Way};

use crate::forms::Fields;
use crate::parts::{FieldError, Form};
use crate::views::Switch;

/// The quiet hours proposed to whoever set none: from eight in the evening to eight in the morning.
const QUIET: QuietHours = QuietHours {
    from: 20 * 60,
    until: 8 * 60,
};

/// Said by the form when it has the switches, with their names: one it did not show is not off.
const SHOWN: &str = "discretion";

/// The switches as the profile has them.
pub(super) fn switches(profile: &Profile, pushed: bool, policy: &Policy) -> Vec<Switch> {
    let quiet = profile.quiet.unwrap_or(QUIET);
    let mut all = vec![
        Switch {
            name: "hides",
            label: if policy.motive_on_lock_screen {
                "Motif caché sur l’écran verrouillé".to_owned()
            } else {
                "Rien de la demande sur l’écran verrouillé".to_owned()
            },
            on: hides(profile.lock_screen, policy),
        },
        Switch {
            name: "quiet",
            label: format!("Silence de {} à {}", hour(quiet.from), hour(quiet.until)),
            on: profile.quiet.is_some(),
        },
    ];
    if sms_may_follow(profile, pushed) {
        all.push(Switch {
            name: "by_sms",
            label: format!(
                "SMS si la notification n’arrive pas en {}\u{a0}min",
                policy.fallback_minutes
            ),
            on: profile.ladder.wants(Way::Sms),
        });
    }
    all.push(Switch {
        name: "own_only",
        label: "Seulement les patients qui m’ont déclaré".to_owned(),
        on: profile.own_patients_only,
    });
    all
}

/// Whoever is asked by SMS first, or has no telephone that shows notifications (`pushed`), has no "if": the order is
/// theirs to change in the whole list.
fn sms_may_follow(profile: &Profile, pushed: bool) -> bool {
    pushed && profile.ladder.ways().next() != Some(Way::Sms)
}

/// `20 h`, `7 h 30`.
fn hour(minute: u16) -> String {
    match (minute / 60, minute % 60) {
        (hour, 0) => format!("{hour}\u{a0}h"),
        (hour, minute) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    }
}

fn hides(shown: LockScreen, policy: &Policy) -> bool {
    if policy.motive_on_lock_screen {
        shown != LockScreen::Motive
    } else {
        shown == LockScreen::Nothing
    }
}

/// The hours of the silence, in the form.
pub(super) fn filled(form: Form, profile: &Profile) -> Form {
    let quiet = profile.quiet.unwrap_or(QUIET);
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    form.with("silence_from", &clock(quiet.from))
        .with("silence_until", &clock(quiet.until))
}

/// What the switches say, over the rest of a draft.
///
/// # Errors
/// An hour of the silence that is none.
pub(super) fn read(
    fields: &Fields,
    profile: &Profile,
    pushed: bool,
    policy: &Policy,
    mut draft: ActivityDraft,
) -> Result<ActivityDraft, Vec<FieldError>> {
    let Some(shown) = fields.some(SHOWN) else {
        return Ok(draft);
    };
    // A page older than the telephone it is about shows fewer of them.
    let by_sms = shown.split_whitespace().any(|name| name == "by_sms");
    let on = |name: &str| fields.some(name).is_some();
    draft.own_patients_only = Some(on("own_only"));
    draft.quiet = Some(if on("quiet") {
        Some(silence(fields)?)
    } else {
        None
    });
    if on("hides") != hides(profile.lock_screen, policy) {
        let shown = match (on("hides"), policy.motive_on_lock_screen) {
            (true, false) => LockScreen::Nothing,
            (false, true) => LockScreen::Motive,
            (true, true) | (false, false) => LockScreen::Place,
        };
        draft.lock_screen = Some(shown.code().to_owned());
    }
    if by_sms && sms_may_follow(profile, pushed) && on("by_sms") != profile.ladder.wants(Way::Sms) {
        let ways = profile.ladder.ways();
        let mut wanted: Vec<Way> = ways.filter(|way| *way != Way::Sms).collect();
        if on("by_sms") {
            // After the notification, before what comes next.
            let after = wanted.iter().position(|way| *way == Way::Push);
            wanted.insert(after.map_or(wanted.len(), |at| at + 1), Way::Sms);
        }
        draft.channels = Some(wanted.iter().map(|way| way.code().to_owned()).collect());
    }
    Ok(draft)
}

fn silence(fields: &Fields) -> Result<QuietDraft, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut minute = |name: &str| {
        let read = Time::strptime("%H:%M", fields.get(name).trim()).ok();
        let read = read.and_then(|time| {
            let minutes = i16::from(time.hour()) * 60 + i16::from(time.minute());
            u16::try_from(minutes).ok()
        });
        if read.is_none() {
            wrong.push(FieldError {
                name: name.to_owned(),
                message: "Une heure comme 20:00".to_owned(),
            });
        }
        read.unwrap_or_default()
    };
    let (from_minute, until_minute) = (minute("silence_from"), minute("silence_until"));
    if wrong.is_empty() && from_minute == until_minute {
        wrong.push(FieldError {
            name: "silence_until".to_owned(),
            message: "Le silence finit à une autre heure qu’il ne commence".to_owned(),
        });
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(QuietDraft {
        from_minute,
        until_minute,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::reach::Ladder;

    fn sent(names: &[&str]) -> Fields {
        let mut fields = Fields::default();
        for name in names {
            fields.0.insert((*name).to_owned(), vec!["oui".to_owned()]);
        }
        let shown = "hides quiet by_sms own_only ".to_owned();
        fields.0.insert(SHOWN.to_owned(), vec![shown]);
        for (name, value) in [("silence_from", "21:30"), ("silence_until", "07:00")] {
            fields.0.insert(name.to_owned(), vec![value.to_owned()]);
        }
        fields
    }

    fn draft(names: &[&str], profile: &Profile, policy: &Policy) -> ActivityDraft {
        read(
            &sent(names),
            profile,
            true,
            policy,
            ActivityDraft::default(),
        )
        .unwrap()
    }

    #[test]
    fn a_switch_says_one_thing_and_keeps_the_rest() {
        let motives = Policy {
            motive_on_lock_screen: true,
            ..Policy::default()
        };
        let discreet = Profile {
            lock_screen: LockScreen::Nothing,
            ladder: Ladder::new(&[Way::Mail, Way::Push]).unwrap(),
            ..Profile::default()
        };
        // Already hidden more than the switch asks: it stays so.
        assert_eq!(draft(&["hides"], &discreet, &motives).lock_screen, None);
        let shown = draft(&[], &discreet, &motives).lock_screen;
        assert_eq!(shown.as_deref(), Some("motive"));
        let less = draft(&[], &discreet, &Policy::default()).lock_screen;
        assert_eq!(less.as_deref(), Some("place"));
        let ways = draft(&["by_sms"], &discreet, &motives).channels.unwrap();
        assert_eq!(ways, ["mail", "push", "sms"]);
        assert_eq!(draft(&[], &discreet, &motives).channels, None);
        let usual = Profile::default();
        assert_eq!(
            draft(&[], &usual, &motives).channels.unwrap(),
            ["push", "mail"]
        );
        // Shown before there was a notification to wait for.
        let mut older = sent(&[]);
        older
            .0
            .insert(SHOWN.to_owned(), vec!["hides quiet own_only".to_owned()]);
        let kept = read(&older, &usual, true, &motives, ActivityDraft::default());
        assert_eq!(kept.unwrap().channels, None);
        let by_sms = |profile: &Profile, pushed| {
            let all = switches(profile, pushed, &motives);
            all.into_iter().find(|one| one.name == "by_sms")
        };
        assert!(by_sms(&usual, true).is_some_and(|one| one.on));
        assert!(
            by_sms(&usual, false).is_none(),
            "no notification to wait for"
        );
        let first = Profile {
            ladder: Ladder::new(&[Way::Sms]).unwrap(),
            ..Profile::default()
        };
        assert_eq!(
            draft(&[], &first, &motives).channels,
            None,
            "no switch, no change"
        );
        assert!(by_sms(&first, true).is_none());
    }

    #[test]
    fn silence_has_hours_and_a_form_without_switches_changes_none() {
        let (profile, policy) = (Profile::default(), Policy::default());
        let quiet = draft(&["quiet"], &profile, &policy).quiet.unwrap().unwrap();
        assert_eq!(
            (quiet.from_minute, quiet.until_minute),
            (21 * 60 + 30, 7 * 60)
        );
        assert!(matches!(draft(&[], &profile, &policy).quiet, Some(None)));
        let mut wrong = sent(&["quiet"]);
        wrong
            .0
            .insert("silence_until".to_owned(), vec!["21:30".to_owned()]);
        let refused = read(&wrong, &profile, true, &policy, ActivityDraft::default());
        assert_eq!(refused.unwrap_err()[0].name, "silence_until");
        let without = read(
            &Fields::default(),
            &profile,
            true,
            &policy,
            ActivityDraft::default(),
        )
        .unwrap();
        assert!(without.quiet.is_none() && without.own_patients_only.is_none());
    }
}
