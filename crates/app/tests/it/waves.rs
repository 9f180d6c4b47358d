//! The coordinator's setting of waves: its effect on what was really answered is shown first, it holds for what is
//! launched afterwards, and two who save at once do not lose one another's choice.

use crate::village::{NORTH, PATIENT, Village};
use relais_app::AppError;
use relais_app::waves::WavesDraft;
use relais_core::access::Role;
use relais_core::people::Profession;

fn by_answers() -> WavesDraft {
    WavesDraft {
        rule: "by-answers".to_owned(),
        size: "1".to_owned(),
        interval_minutes: "20".to_owned(),
        wanted: "1".to_owned(),
        most: "3".to_owned(),
        lately_days: "30".to_owned(),
    }
}

#[test]
fn a_choice_shows_what_was_answered_and_the_wave_that_comes_of_it() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let gps = async |draft: WavesDraft| {
            let effect = v.app.preview_waves(&coordinator, draft).await.unwrap();
            let found = effect
                .lines
                .iter()
                .find(|line| line.profession == Profession::Gp);
            *found.unwrap()
        };
        let before = gps(by_answers()).await;
        assert!(before.members > 3, "{before:?}");
        assert_eq!((before.settled, before.answered), (0, 0));
        assert_eq!((before.first_wave, before.observed), (1, false));
        // Everybody is asked, one of them answers every other time, and the windows end.
        let calls: u32 = 20;
        for n in 0..calls {
            let phone = format!("+336399821{n:02}");
            let call = v.call_for(&format!("Belin{n}"), Profession::Gp, None, &phone);
            let id = v.raise(call).await;
            if n % 2 == 0 {
                v.passes(id, "Leroy").await;
            }
        }
        v.pass(125).await;
        let after = gps(by_answers()).await;
        assert!(after.observed && after.settled >= 50, "{after:?}");
        assert_eq!(after.answered, calls / 2, "{after:?}");
        let wanted = u64::from(after.settled).div_ceil(u64::from(after.answered));
        let expected = wanted.clamp(1, 3) as usize;
        assert_eq!(after.first_wave, expected.min(after.members), "{after:?}");
        let all = WavesDraft {
            rule: "all".to_owned(),
            ..WavesDraft::default()
        };
        assert_eq!(gps(all).await.first_wave, after.members, "at once");
    });
}

#[test]
fn it_is_the_coordinators_it_holds_afterwards_and_is_not_lost() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let held = v.app.waves_setting(&coordinator).await.unwrap();
        assert_eq!((held.setting.rule(), held.versions.len()), ("all", 1));
        let first = v
            .raise(v.call_for("Belin", Profession::Gp, None, PATIENT))
            .await;
        let everybody = v.asked(first).await;
        assert!(everybody.len() > 1, "{everybody:?}");
        let fixed = WavesDraft {
            rule: "fixed".to_owned(),
            ..by_answers()
        };
        let set = |version, draft| v.app.set_waves(&coordinator, version, draft);
        set(held.version, fixed.clone()).await.unwrap();
        let moved = set(held.version, by_answers()).await;
        assert!(
            matches!(
                moved,
                Err(AppError::Problem {
                    slug: "settings-moved",
                    ..
                })
            ),
            "{moved:?}"
        );
        let now = v.app.waves_setting(&coordinator).await.unwrap();
        assert_eq!((now.setting.rule(), now.versions.len()), ("fixed", 2));
        assert_ne!(now.versions[0].author, "command", "{:?}", now.versions);
        set(now.version, fixed).await.unwrap();
        let same = v.app.waves_setting(&coordinator).await.unwrap();
        assert_eq!(
            same.version, now.version,
            "the same again is no version more"
        );
        let second = v
            .raise(v.call_for("Cazal", Profession::Gp, None, PATIENT))
            .await;
        assert_eq!(v.asked(second).await.len(), 1, "one at a time from now on");
        v.pass(1).await;
        assert_eq!(
            v.asked(first).await,
            everybody,
            "what was launched keeps its rule"
        );
        let denied = v.app.waves_setting(&v.desk()).await;
        assert!(matches!(denied, Err(AppError::Denied)));
        for (field, wrong) in [
            (
                "/rule",
                WavesDraft {
                    rule: "some".to_owned(),
                    ..by_answers()
                },
            ),
            (
                "/size",
                WavesDraft {
                    size: "0".to_owned(),
                    ..by_answers()
                },
            ),
            (
                "/most",
                WavesDraft {
                    wanted: "9".to_owned(),
                    ..by_answers()
                },
            ),
            (
                "/lately_days",
                WavesDraft {
                    lately_days: "0".to_owned(),
                    ..by_answers()
                },
            ),
        ] {
            let refused = set(same.version, wrong).await;
            let Err(AppError::Invalid(errors)) = refused else {
                panic!("{field}: {refused:?}");
            };
            assert_eq!(errors[0].pointer, field);
        }
    });
}
