//! Any value of the model, from a seed: every variant is reached over enough seeds.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::date;
use relais_core::absence::Absence;
use relais_core::cascade::{ByAnswers, Policy, Regulation, Waves};
use relais_core::geo::Point;
use relais_core::ids::{NetworkId, OfferId, ProfessionalId, RequestId, UserId};
use relais_core::matching::{Finding, Measure, Test, Verdict};
use relais_core::numbers::{DutyHours, Number, Use};
use relais_core::people::{
    Contract, Encore, Mode, Modes, Profession, Profile, QuietHours, Sector, Standing,
};
use relais_core::reach::{Ladder, LockScreen, Way};
use relais_core::request::*;
use relais_core::retention::Retention;
use relais_core::slug::Slug;
use relais_core::time::{Instant, OpenSpan, OpeningHours, Overseas, Weekly};
use relais_store::codec::settings::{PublicSettings, Settings};
use relais_store::networks::NetworkSettings;

use crate::some::{at, massy, pro};

/// Any value, from a seed: every variant is reached over enough seeds.
pub(crate) struct Any(pub(crate) u64);

impl Any {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Any) -> T) -> Option<T> {
        if self.flag() { Some(make(self)) } else { None }
    }

    fn many<T>(&mut self, most: u64, mut make: impl FnMut(&mut Any) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn bits(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    fn at(&mut self) -> Instant {
        at(1_700_000_000_000 + self.below(1 << 40) as i64)
    }

    fn slug(&mut self) -> Slug {
        Slug::new(self.one_of(&["toux", "otalgie", "soins-infirmiers", "x"])).expect("a code")
    }

    fn small(&mut self) -> u16 {
        1 + self.below(600) as u16
    }

    pub(crate) fn policy(&mut self) -> Policy {
        Policy {
            version: self.below(9) as u32,
            window_minutes: 10 + self.small(),
            usual_share_percent: self.below(101) as u8,
            skip_usual_when_unable: self.flag(),
            waves: self.maybe(|a| Waves {
                size: a.small(),
                interval_minutes: a.small(),
                by_answers: a.maybe(|a| {
                    let wanted = 1 + a.below(20) as u16;
                    let most = wanted + a.below(400) as u16;
                    ByAnswers { wanted, most }
                }),
            }),
            lately_days: self.below(367) as u16,
            neighbours_at_percent: self.below(101) as u8,
            radius_m: self.below(50_000) as u32,
            wider_radius_m: self.below(50_000) as u32,
            counts_open_hours_only: self.flag(),
            unfilled_reminder_minutes: self.small(),
            patient_news_minutes: self.small(),
            set_time_reminder_minutes: self.small(),
            closure_hours: self.small(),
            pause_minutes: self.small(),
            regulation: match self.below(3) {
                0 => Regulation::Always,
                1 => Regulation::WhenUnknown,
                _ => Regulation::ForMotives(self.many(3, Any::slug)),
            },
            usual_sees_name: self.flag(),
            fallback_minutes: self.small(),
            motive_on_lock_screen: self.flag(),
            appointment_horizon_hours: self.small(),
            patient_reminder_hours: self.small(),
            patient_question_hours: self.small() % 49,
        }
    }

    fn asking(&mut self) -> Asking {
        Asking {
            stage: self.one_of(Stage::ALL),
            started_at: self.at(),
            stage_opened_at: self.at(),
            stage_until: self.at(),
            deadline: self.at(),
            next_wave_at: self.maybe(Any::at),
            recheck_at: self.maybe(Any::at),
            promise_at: self.maybe(Any::at),
        }
    }

    fn user(&mut self) -> UserId {
        UserId::from_bits(self.bits())
    }

    fn pro(&mut self) -> ProfessionalId {
        pro(self.bits())
    }

    pub(crate) fn phase(&mut self) -> Phase {
        match self.below(8) {
            0 => Phase::ToQualify {
                since: self.at(),
                remind_at: self.at(),
            },
            1 => Phase::Asking(self.asking()),
            2 => Phase::Paused(Paused {
                since: self.at(),
                by: self.user(),
                until: self.at(),
                asking: self.asking(),
            }),
            3 => Phase::Unfilled(Unfilled {
                since: self.at(),
                why: self.one_of(UnfilledReason::ALL),
                owner: self.maybe(Any::user),
                remind_at: self.at(),
            }),
            4 => Phase::Engaged(Engagement {
                offer: OfferId::from_bits(self.bits()),
                professional: self.pro(),
                supervisor: self.maybe(Any::pro),
                at: self.at(),
                appointment: match self.below(4) {
                    0 => Appointment::At(self.at()),
                    1 => Appointment::Between(self.at(), self.at()),
                    2 => Appointment::Call(self.maybe(Any::at)),
                    _ => Appointment::ToBeSet,
                },
                deadline: self.at(),
                due_at: self.maybe(Any::at),
                reminders: self.below(256) as u8,
            }),
            5 => Phase::Ended(Ending::Closed {
                at: self.at(),
                by: self.user(),
                closure: self.one_of(Closure::ALL),
                by_accepter: self.maybe(Any::pro),
            }),
            6 => Phase::Ended(Ending::Cancelled {
                at: self.at(),
                by: self.user(),
                who: self.one_of(CancelledBy::ALL),
            }),
            _ => Phase::Ended(Ending::Transferred15 {
                at: self.at(),
                by: self.user(),
            }),
        }
    }

    pub(crate) fn status(&mut self) -> OfferStatus {
        let at = self.at();
        match self.below(8) {
            0 => OfferStatus::Queued,
            1 => OfferStatus::Sent { at },
            2 => OfferStatus::Delivered { at },
            3 => OfferStatus::Seen { at },
            4 => OfferStatus::Accepted { at },
            5 => OfferStatus::Refused {
                at,
                reason: self.one_of(RefusalReason::ALL),
            },
            6 => OfferStatus::Lapsed { at },
            _ => OfferStatus::Withdrawn {
                at,
                why: self.one_of(WithdrawReason::ALL),
            },
        }
    }

    pub(crate) fn request(&mut self) -> Request {
        let years = self.below(110) as u8;
        let profession = self.one_of(Profession::ALL);
        let series = self.maybe(|a| Series {
            times: 1 + a.below(6) as u8,
            per: a.one_of(Per::ALL),
            days: 1 + a.below(365) as u16,
            at: Moment::ALL[..a.below(5) as usize].to_vec(),
        });
        Request {
            id: RequestId::from_bits(self.bits()),
            network: NetworkId::from_bits(self.bits()),
            requester: match self.below(3) {
                0 => Requester::Staff(self.user()),
                1 => Requester::Professional(self.pro(), self.user()),
                _ => Requester::Partner(self.user()),
            },
            origin: self.one_of(Origin::ALL),
            need: Need {
                profession,
                specialty: self.maybe(Any::slug),
                care: self.slug(),
                mode: self.one_of(Mode::ALL),
                within_hours: self.one_of(&Need::DELAYS_HOURS),
                motives: (0..=self.below(5)).map(|_| self.slug()).collect(),
                comment: self
                    .one_of(&["", "Fièvre 38,4 « depuis hier »", "\"\\\u{0}é\n"])
                    .into(),
                series: series.filter(|_| Series::fits(profession)),
                cooperations: (0..self.below(3)).map(|_| self.slug()).collect(),
            },
            patient: PatientFacts {
                age: Age {
                    years,
                    months: u16::from(years) * 12,
                },
                sex: self.one_of(Sex::ALL),
                commune: massy(),
                point: self.maybe(|a| Point {
                    lat_e6: a.below(90_000_000) as i32,
                    lon_e6: -(a.below(90_000_000) as i32),
                }),
            },
            usual: Usual {
                doctor: self.one_of(UsualDoctor::ALL),
                professionals: self.many(3, Any::pro),
                outside: self.flag(),
                contacted: self.one_of(Contacted::ALL),
                stand_ins: self.many(2, |a| StandIn {
                    locum: a.pro(),
                    of: a.pro(),
                    until: a.at(),
                }),
            },
            red_flags: self.one_of(RedFlags::ALL),
            consent_synthesis: self.flag(),
            window_minutes: self.maybe(Any::small),
            raised_at: self.at(),
            care_deadline: self.at(),
            policy: self.policy(),
            round: self.small(),
            offers: vec![],
            phase: self.phase(),
        }
    }

    fn spans(&mut self) -> Vec<OpenSpan> {
        self.many(3, |a| {
            let from = a.below(1440) as u16;
            let until = from + 1 + a.below(u64::from(1440 - from)) as u16;
            OpenSpan::new(from, until).expect("inside the day")
        })
    }

    fn weekly(&mut self) -> Weekly {
        let mut weekly = Weekly::default();
        for day in &mut weekly.days {
            *day = self.spans();
        }
        weekly
    }

    fn absence(&mut self) -> Absence {
        let first = date(2026, 1 + self.below(12) as i8, 1 + self.below(28) as i8);
        Absence::new(first, first.saturating_add((self.below(40) as i64).days())).unwrap()
    }

    fn ladder(&mut self) -> Ladder {
        let mut ways = Way::ALL.to_vec();
        let turned = self.below(3) as usize;
        ways.rotate_left(turned);
        ways.truncate(1 + self.below(3) as usize);
        Ladder::new(&ways).expect("a ladder")
    }

    pub(crate) fn profile(&mut self) -> Profile {
        Profile {
            modes: Modes {
                consultation: self.flag(),
                visit: self.flag(),
                teleconsultation: self.flag(),
            },
            declined_care: self.many(3, Any::slug).into_iter().collect(),
            declined_motives: self.many(3, Any::slug).into_iter().collect(),
            age_min: self.below(20) as u8,
            age_max: self.below(256) as u8,
            radius_m: self.below(100_000) as u32,
            visits: if self.flag() {
                Sector::Radius(self.below(100_000) as u32)
            } else {
                Sector::Communes(
                    self.many(3, |_| massy())
                        .into_iter()
                        .collect::<BTreeSet<_>>(),
                )
            },
            own_patients_only: self.flag(),
            weekly: self.maybe(Any::weekly),
            off_on_holidays: self.flag(),
            unavailable_until: self.maybe(Any::at),
            absences: self.many(3, Any::absence).into_iter().collect(),
            encore: self.maybe(|a| Encore {
                since: a.at(),
                patients: a.small(),
                until: a.at(),
            }),
            muted_until: self.maybe(Any::at),
            daily_max: self.maybe(Any::small),
            hourly_max: self.maybe(Any::small),
            rest_minutes: self.maybe(Any::small),
            quiet: self.maybe(|a| QuietHours {
                from: a.small(),
                until: a.small(),
            }),
            quiet_yields_to_urgent: self.flag(),
            ladder: self.ladder(),
            lock_screen: self.one_of(LockScreen::ALL),
        }
    }

    pub(crate) fn settings(&mut self) -> Settings {
        let days = ["2026-12-24", "2027-01-02", "2027-05-01"];
        Settings {
            hours: OpeningHours {
                weekly: self.weekly(),
                closed_on_holidays: self.flag(),
                alsace_moselle: self.flag(),
                overseas: self.maybe(|a| a.one_of(Overseas::ALL)),
                exceptions: days[..self.below(4) as usize]
                    .iter()
                    .map(|d| (d.parse().expect("a date"), self.spans()))
                    .collect(),
            },
            policy: self.policy(),
            extra: NetworkSettings {
                number_15: "15".into(),
                samu_line: self.maybe(|a| format!("0199{:06}", a.small())),
                identity_hours: self.small(),
                shared_identity_minutes: self.small(),
                desk_lock_minutes: 1 + self.small(),
                retention: self.retention(),
                public: self.public(),
            },
        }
    }

    fn retention(&mut self) -> Retention {
        let mut days = |most: u64| u16::try_from(1 + self.below(most)).expect("days");
        let identities = days(3_650);
        let most = u64::from(identities);
        Retention {
            identities,
            notes: days(most),
            photos: days(most),
            threads: days(most),
            texts: days(most),
            visits: days(most),
        }
    }

    fn public(&mut self) -> PublicSettings {
        PublicSettings {
            slug: self.maybe(|_| "essonne-nord".to_owned()),
            form: self.flag(),
            call_back_minutes: 10 + self.small(),
            last_form_minutes: self.below(241) as u16,
            waiting_max: 1 + self.small(),
            duty_phone: "116117".into(),
            numbers: (0..self.below(3))
                .map(|_| Number {
                    usage: self.one_of(Use::ALL),
                    name: "Maison médicale".into(),
                    phone: "116117".into(),
                    say: String::new(),
                    communes: vec![massy()],
                    hours: self.maybe(|a| DutyHours {
                        weekly: a.weekly(),
                        holidays: a.maybe(Any::spans),
                    }),
                })
                .collect(),
        }
    }

    pub(crate) fn verdict(&mut self) -> Verdict {
        let findings = Test::ALL
            .iter()
            .map(|test| Finding {
                test: *test,
                ok: self.below(4) > 0,
                measure: match self.below(8) {
                    0 => Measure::Distance {
                        metres: self.below(99_999) as u32,
                        limit: self.maybe(|a| a.below(50_000) as u32),
                    },
                    1 => Measure::Count {
                        count: self.small(),
                        maximum: self.small(),
                    },
                    2 => Measure::Until(self.at()),
                    3 => Measure::Away(self.at()),
                    4 => Measure::Holiday(self.at()),
                    _ => Measure::None,
                },
            })
            .collect();
        Verdict {
            professional: self.pro(),
            distance_m: self.maybe(|a| a.below(90_000) as u32),
            findings,
        }
    }

    pub(crate) fn standing(&mut self) -> Standing {
        let contract = Contract {
            from: self.at(),
            until: self.at(),
        };
        match self.below(6) {
            0 => Standing::Titular,
            1 => Standing::Retired,
            2 => Standing::Locum(contract),
            3 => Standing::Assistant(contract),
            4 => Standing::Adjunct(contract),
            _ => Standing::Intern {
                contract,
                supervisor: self.maybe(|_| pro(1)),
            },
        }
    }
}
