//! Sign-up: from the national directory to a member who is reached, and everything that may go
//! wrong on the way (R5, R7).

use crate::fixture::Territory;
use relais_app::accounts::password;
use relais_app::accounts::signin::Attempt;
use relais_app::error::FieldError;
use relais_app::signup::{Answered, CodesBy, NetworkTyped, Step, Waiting, Warning, WhoTyped};
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::people::Standing;
use relais_core::time::Duration;
use relais_gateways::Channel;
use relais_store::national::{self, Entry};

pub(crate) const PHONE: &str = "+33639984107";
pub(crate) const MAIL: &str = "y.corvo@exemple.fr";
const PASSWORD: &str = "une phrase assez longue";

/// The newcomer of the demonstration's directory, and whoever else has these first digits.
pub(crate) fn newcomer(typed: &str) -> WhoTyped {
    WhoTyped {
        rpps: "99710000011".to_owned(),
        name: typed.to_owned(),
    }
}

pub(crate) fn wrong<T>(answer: Result<T, AppError>) -> Vec<String> {
    match answer {
        Err(AppError::Invalid(errors)) => pointers(&errors),
        Err(error) => vec![error.to_string()],
        Ok(_) => Vec::new(),
    }
}

fn pointers(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(|error| error.pointer.clone()).collect()
}

pub(crate) fn slug<T>(answer: Result<T, AppError>) -> &'static str {
    match answer {
        Err(AppError::Problem { slug, .. }) => slug,
        Err(AppError::Denied) => "denied",
        Err(AppError::NotFound) => "not-found",
        Err(_) => "another error",
        Ok(_) => "done",
    }
}

impl Territory {
    fn network(&self, phone: &str, mail: &str) -> NetworkTyped {
        NetworkTyped {
            code: self.world.networks[0].code.to_lowercase(),
            insee: "91377".to_owned(),
            line: "3 rue des Lilas".to_owned(),
            phone: phone.to_owned(),
            mail: mail.to_owned(),
            contact_number: "01 99 00 12 34".to_owned(),
            standing: "titular".to_owned(),
            contract_until: String::new(),
        }
    }

    /// The last code that reached a telephone or a mailbox.
    fn code_at(&self, to: &str) -> String {
        let rows = self.phones.list();
        let row = rows.iter().rev().find(|row| row.to == to).unwrap();
        let digits = |word: &str| {
            word.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        let words = row.text.split_whitespace().map(digits);
        words.into_iter().find(|word| word.len() == 6).unwrap()
    }

    /// Begins as the newcomer and asks for the codes; the token, and the code the telephone received.
    pub(crate) async fn asked_for_codes(&self, phone: &str, mail: &str) -> (String, String) {
        let begun = self.app.signup_begin(newcomer("Corvo"), "192.0.2.0/24");
        let token = begun.await.unwrap();
        let typed = self.network(phone, mail);
        self.app.signup_network(&token, typed).await.unwrap();
        self.app.settle().await.unwrap();
        let code = self.code_at(phone);
        (token, code)
    }

    /// Begins as somebody and proves both ways.
    pub(crate) async fn proved(&self, who: WhoTyped, phone: &str, mail: &str) -> String {
        let token = self.app.signup_begin(who, "192.0.2.0/24").await.unwrap();
        self.app
            .signup_network(&token, self.network(phone, mail))
            .await
            .unwrap();
        self.app.settle().await.unwrap();
        let (sms, post) = (self.code_at(phone), self.code_at(mail));
        let left = self.app.signup_codes(&token, sms, post).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
        token
    }

    /// Somebody of the territory, as the national directory lists them.
    pub(crate) async fn lists(&self, rpps: &str) {
        let mut known = self.world.professionals.iter();
        let one = known.find(|one| one.rpps == rpps).unwrap();
        let place = Entry {
            rpps: one.rpps.clone(),
            insee: "91377".to_owned(),
            profession: one.profession.code().to_owned(),
            civility: one.civility.to_owned(),
            last_name: one.last_name.clone(),
            first_name: one.first_names.clone(),
            commune: "Massy".to_owned(),
            postcode: "91300".to_owned(),
            dept: "91".to_owned(),
            phone: None,
            search: "essai".to_owned(),
        };
        let written = self.app.db();
        let written = written.write(move |tx| national::set(tx, std::slice::from_ref(&place)));
        written.await.unwrap();
    }

    /// Somebody who has an account applies with their own telephone, as a locum until a day.
    pub(crate) async fn applies_again(&self, rpps: &str, phone: &str, until: &str) {
        let mut known = self.world.professionals.iter();
        let one = known.find(|one| one.rpps == rpps).unwrap();
        let typed = WhoTyped {
            rpps: rpps.to_owned(),
            name: one.last_name.clone(),
        };
        let app = &self.app;
        let token = app.signup_begin(typed, "192.0.2.0/24").await.unwrap();
        let locum = NetworkTyped {
            standing: "locum".to_owned(),
            contract_until: until.to_owned(),
            ..self.network(phone, MAIL)
        };
        app.signup_network(&token, locum).await.unwrap();
        app.settle().await.unwrap();
        let (sms, mail) = (self.code_at(phone), self.code_at(MAIL));
        let left = app.signup_codes(&token, sms, mail).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(self.step(&token).await, Step::Sent);
    }

    pub(crate) async fn step(&self, token: &str) -> Step {
        self.app.signup(token).await.unwrap().unwrap().step()
    }

    /// Chooses a password and sends the application; the secret of the codes.
    pub(crate) async fn sent(&self, token: &str) -> [u8; 20] {
        let seed = unbase32(&self.app.signup_secret(token).await.unwrap());
        let code = totp(seed, self.app.now().millis());
        let done = self.app.signup_password(token, PASSWORD.to_owned(), code);
        done.await.unwrap();
        assert_eq!(self.step(token).await, Step::Sent);
        seed
    }

    /// The application that waits, as the coordinator sees it.
    pub(crate) async fn waiting(&self, who: &Who) -> Waiting {
        let (waiting, _) = self.app.applications(who).await.unwrap();
        let id = waiting.last().expect("one waits").application.id;
        self.app.application(who, id).await.unwrap()
    }
}

pub(crate) fn totp(seed: [u8; 20], millis: i64) -> String {
    let seconds = u64::try_from(millis / 1_000).unwrap();
    password::totp(seed).unwrap().generate(seconds).to_string()
}

pub(crate) fn unbase32(text: &str) -> [u8; 20] {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: String = text.chars().map(|c| format!("{:05b}", digit(c))).collect();
    let byte = |i: usize| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2).unwrap();
    (0..20).map(byte).collect::<Vec<u8>>().try_into().unwrap()
}

/// "Recevoir par appel": the mobile rings and a voice says a new code, digit by digit; the mail's stays as it is.
#[test]
fn a_code_that_does_not_arrive_is_said_by_a_call() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        assert!(app.signup_calls());
        let token = app
            .signup_begin(newcomer("Corvo"), "192.0.2.0/24")
            .await
            .unwrap();
        app.signup_network(&token, t.network(PHONE, MAIL))
            .await
            .unwrap();
        app.settle().await.unwrap();
        let (by_sms, by_mail) = (t.code_at(PHONE), t.code_at(MAIL));
        let again = app.signup(&token).await.unwrap().unwrap().codes_again_at();
        assert_eq!(again, Some(app.now() + Duration::seconds(30)));
        let early = app.signup_resend(&token, CodesBy::Call).await;
        assert_eq!(wrong(early), ["/phone"], "too soon");
        app.advance(Duration::seconds(31)).await.unwrap();
        app.signup_resend(&token, CodesBy::Call).await.unwrap();
        app.settle().await.unwrap();
        let rows = t.phones.list();
        let calls: Vec<_> = rows
            .iter()
            .filter(|row| row.to == PHONE && row.channel == Channel::Voice)
            .collect();
        assert_eq!(calls.len(), 1, "one call, no second mail");
        let (_, said) = calls[0].text.split_once("inscription").unwrap();
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits.len(), 12, "said twice: {said}");
        let (code, repeated) = digits.split_at(6);
        assert_eq!(code, repeated);
        assert_ne!(code, by_sms, "a new one");
        let left = app.signup_codes(&token, by_sms, by_mail).await.unwrap();
        assert_eq!(
            pointers(&left),
            ["/sms"],
            "the mail's is still good, the old one is not"
        );
        let left = app
            .signup_codes(&token, code.to_owned(), String::new())
            .await
            .unwrap();
        assert!(left.is_empty(), "{left:?}");
        let late = app.signup_resend(&token, CodesBy::Call).await;
        assert!(late.is_ok(), "nothing is left to prove: nothing is sent");
        assert_eq!(t.phones.list().len(), rows.len());
    });
}

#[test]
fn a_newcomer_proves_who_they_are_is_approved_and_signs_in() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        // Unknown, another name, no number at all: each its own field.
        let typed = |rpps: &str, name: &str| WhoTyped {
            rpps: rpps.to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(
            wrong(app.signup_begin(typed("1000", ""), "192.0.2.0/24").await),
            ["/rpps", "/name"]
        );
        assert_eq!(
            wrong(
                app.signup_begin(typed("10107592585", "Corvo"), "192.0.2.0/24")
                    .await
            ),
            ["/rpps"]
        );
        assert_eq!(
            wrong(app.signup_begin(newcomer("Durand"), "192.0.2.0/24").await),
            ["/name"]
        );
        let token = app
            .signup_begin(newcomer(" CORVO "), "192.0.2.0/24")
            .await
            .unwrap();
        assert_eq!(t.step(&token).await, Step::Network);
        assert!(app.signup("another browser").await.unwrap().is_none());

        let nothing = app.signup_network(&token, NetworkTyped::default()).await;
        assert_eq!(wrong(nothing), ["/code", "/phone", "/mail"]);
        let landline = app
            .signup_network(&token, t.network("0199004107", MAIL))
            .await;
        assert_eq!(wrong(landline), ["/phone"]);
        app.signup_network(&token, t.network("06 39 98 41 07", MAIL))
            .await
            .unwrap();
        app.settle().await.unwrap();
        let (sms, mail) = (t.code_at(PHONE), t.code_at(MAIL));
        // One right is kept; the other is asked again.
        let left = app
            .signup_codes(&token, sms, "000000".to_owned())
            .await
            .unwrap();
        assert_eq!(pointers(&left), ["/mail"]);
        let left = app
            .signup_codes(
                &token,
                String::new(),
                format!("{} {}", &mail[..3], &mail[3..]),
            )
            .await;
        assert!(left.unwrap().is_empty());
        assert_eq!(t.step(&token).await, Step::Key);

        let short = app
            .signup_password(&token, "court".to_owned(), String::new())
            .await;
        assert_eq!(wrong(short), ["/password"]);
        let other = app
            .signup_password(&token, PASSWORD.to_owned(), "000000".to_owned())
            .await;
        assert_eq!(wrong(other), ["/code"]);
        let seed = t.sent(&token).await;

        // Only the coordinator of that network answers, once.
        let coordinator = t.staff(Role::Coordinator);
        assert_eq!(
            slug(app.applications(&t.staff(Role::Operator)).await),
            "denied"
        );
        let one = t.waiting(&coordinator).await;
        assert_eq!(one.applicant.name(), "Dr Ysaline Corvo");
        assert_eq!(one.warnings, []);
        let id = one.applicant.application.id;
        app.approve_application(&coordinator, id, false)
            .await
            .unwrap();
        let again = app.approve_application(&coordinator, id, false).await;
        assert_eq!(slug(again), "already-decided");
        let state = app.signup(&token).await.unwrap().unwrap();
        assert_eq!(state.answered(), Answered::Approved);
        app.settle().await.unwrap();
        let told: Vec<_> = t
            .phones
            .list()
            .into_iter()
            .filter(|row| row.to == PHONE)
            .collect();
        assert!(
            told.last()
                .unwrap()
                .text
                .contains("inscription est acceptee")
        );

        // A member, reached by SMS, with an account.
        let directory = app.directory().await.unwrap();
        let person = directory.by_rpps("99710000011").unwrap();
        assert!(person.member.belongs_to(t.world.networks[0].id));
        assert!(person.member.channels.sms && !person.member.channels.push);
        assert_eq!(person.main_place().unwrap().insee.as_str(), "91377");
        let attempt = Attempt {
            login: "99710000011".to_owned(),
            password: PASSWORD.to_owned(),
            code: totp(seed, app.now().millis()),
            source: "192.0.2.7".to_owned(),
            device: "Firefox".to_owned(),
            shared_computer: false,
            known: String::new(),
        };
        let session = app.sign_in(attempt).await.unwrap();
        let signed = app.session(&session).await.unwrap().unwrap();
        assert_eq!(signed.name, "Dr Corvo");
    });
}

#[test]
fn a_code_guessed_again_and_again_is_stopped_and_so_is_asking_for_more() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let token = app
            .signup_begin(newcomer("Corvo"), "192.0.2.0/24")
            .await
            .unwrap();
        app.signup_network(&token, t.network(PHONE, MAIL))
            .await
            .unwrap();
        app.settle().await.unwrap();
        let good = t.code_at(PHONE);
        let guess = if good == "111111" { "222222" } else { "111111" };
        for _ in 0..5 {
            let left = app
                .signup_codes(&token, guess.to_owned(), String::new())
                .await;
            assert_eq!(pointers(&left.unwrap()), ["/sms", "/mail"]);
        }
        // The right one is worth nothing any more.
        let left = app.signup_codes(&token, good, String::new()).await.unwrap();
        assert!(left[0].message.contains("cinq fois"), "{left:?}");

        assert_eq!(
            wrong(app.signup_resend(&token, CodesBy::Messages).await),
            ["/phone"],
            "too soon"
        );
        let mut sendings = 1;
        while sendings < 20 {
            t.pass(1).await;
            if app.signup_resend(&token, CodesBy::Messages).await.is_err() {
                break;
            }
            sendings += 1;
        }
        assert_eq!(sendings, 4);
        // From another browser, the telephone has its own limit.
        let other = app
            .signup_begin(newcomer("Corvo"), "192.0.2.0/24")
            .await
            .unwrap();
        let mut more = 0;
        for turn in 0..5 {
            t.pass(1).await;
            let mail = format!("x{turn}@exemple.fr");
            more += i32::from(
                app.signup_network(&other, t.network(PHONE, &mail))
                    .await
                    .is_ok(),
            );
        }
        assert_eq!(more, 2, "six codes a day for one telephone");
    });
}

#[test]
fn who_is_a_member_is_told_to_nobody_but_themselves() {
    Territory::on_each_engine(|t| async move {
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let number = doctor.alert_number.clone().unwrap();
        let place = Entry {
            rpps: doctor.rpps.clone(),
            insee: "91377".to_owned(),
            profession: "gp".to_owned(),
            civility: "Dr".to_owned(),
            last_name: doctor.last_name.clone(),
            first_name: doctor.first_names.clone(),
            commune: "Massy".to_owned(),
            postcode: "91300".to_owned(),
            dept: "91".to_owned(),
            phone: None,
            search: "essai".to_owned(),
        };
        let written = t
            .app
            .db()
            .write(move |tx| national::set(tx, std::slice::from_ref(&place)));
        written.await.unwrap();
        let who = || WhoTyped {
            rpps: doctor.rpps.clone(),
            name: doctor.last_name.clone(),
        };
        // With the member's own telephone: they are told, and nothing is asked for.
        let own = t.proved(who(), &number, "ailleurs@exemple.fr").await;
        assert_eq!(t.step(&own).await, Step::Member);

        // With another: the same pages as for anybody, and the member is warned.
        let since = t.app.now();
        let other = t.proved(who(), PHONE, MAIL).await;
        assert_eq!(t.step(&other).await, Step::Key);
        t.sent(&other).await;
        t.app.settle().await.unwrap();
        let warned = t.received(&number, since);
        assert!(
            warned.iter().any(|row| row.text.contains("RPPS")),
            "{warned:?}"
        );
        let coordinator = t.staff(Role::Coordinator);
        let one = t.waiting(&coordinator).await;
        assert_eq!(one.warnings, [Warning::Member]);
        let id = one.applicant.application.id;
        let yes = t.app.approve_application(&coordinator, id, false).await;
        assert_eq!(slug(yes), "already-member");

        // Refused, with the reason told.
        let refuse = |reason: &str, words: &str| {
            t.app
                .refuse_application(&coordinator, id, reason.to_owned(), words.to_owned())
        };
        assert_eq!(wrong(refuse("", "").await), ["/reason"]);
        assert_eq!(wrong(refuse("other", " ").await), ["/words"]);
        refuse("identity", "Passez nous voir.").await.unwrap();
        t.app.settle().await.unwrap();
        let mails: Vec<_> = t
            .phones
            .list()
            .into_iter()
            .filter(|row| row.to == MAIL)
            .collect();
        let last = &mails.last().unwrap().text;
        assert!(
            last.contains("vérifier votre identité") && last.contains("Passez nous voir."),
            "{last}"
        );
        // The member's account is untouched.
        let directory = t.app.directory().await.unwrap();
        let row = directory.by_rpps(&doctor.rpps).unwrap();
        assert_eq!(row.alert_number.as_deref(), Some(number.as_str()));
    });
}

#[test]
fn a_recycled_telephone_is_taken_from_whoever_had_it_and_only_on_purpose() {
    Territory::on_each_engine(|t| async move {
        let had = t.world.professionals[t.world.guided.doctor].clone();
        let number = had.alert_number.clone().unwrap();
        let token = t.proved(newcomer("Corvo"), &number, MAIL).await;
        t.sent(&token).await;
        let coordinator = t.staff(Role::Coordinator);
        let one = t.waiting(&coordinator).await;
        assert!(one.is_shared());
        let id = one.applicant.application.id;
        let yes = t.app.approve_application(&coordinator, id, false).await;
        assert_eq!(wrong(yes), ["/take_number"]);
        t.app
            .approve_application(&coordinator, id, true)
            .await
            .unwrap();
        let directory = t.app.directory().await.unwrap();
        assert_eq!(directory.person(had.id).unwrap().alert_number, None);
        let new = directory.by_rpps("99710000011").unwrap();
        assert_eq!(new.alert_number.as_deref(), Some(number.as_str()));
        // What nobody sends is forgotten; what was decided is kept for its page.
        let idle = t
            .app
            .signup_begin(newcomer("Corvo"), "192.0.2.0/24")
            .await
            .unwrap();
        t.app.advance(Duration::hours(3)).await.unwrap();
        assert!(t.app.signup(&idle).await.unwrap().is_none());
        assert!(t.app.signup(&token).await.unwrap().is_some());
    });
}

/// Under what title, until when: said by the applicant, in force with the coordinator's yes; an intern waits for a
/// supervisor (R5).
#[test]
fn the_title_and_the_contract_are_asked_at_sign_up() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let token = app
            .signup_begin(newcomer("Corvo"), "192.0.2.0/24")
            .await
            .unwrap();
        let as_a = |standing: &str, until: &str| NetworkTyped {
            standing: standing.to_owned(),
            contract_until: until.to_owned(),
            ..t.network(PHONE, MAIL)
        };
        for (standing, until, pointer) in [
            ("locum", "", "/contract_until"),
            ("locum", "01/03/2026", "/contract_until"),
            ("locum", "01/03/2096", "/contract_until"),
            ("wizard", "30/04/2026", "/standing"),
        ] {
            let said = app.signup_network(&token, as_a(standing, until)).await;
            assert_eq!(wrong(said), [pointer], "{standing} {until}");
        }
        app.signup_network(&token, as_a("intern", "30/04/2026"))
            .await
            .unwrap();
        app.settle().await.unwrap();
        let (sms, mail) = (t.code_at(PHONE), t.code_at(MAIL));
        app.signup_codes(&token, sms, mail).await.unwrap();
        t.sent(&token).await;
        let coordinator = t.staff(Role::Coordinator);
        let waiting = t.waiting(&coordinator).await.applicant;
        let (standing, until) = waiting.standing();
        assert_eq!(
            (standing, until),
            ("intern", Some("2026-04-30".parse().unwrap()))
        );
        let id = waiting.application.id;
        app.approve_application(&coordinator, id, false)
            .await
            .unwrap();
        let directory = app.directory().await.unwrap();
        let member = &directory.by_rpps("99710000011").unwrap().member;
        let Standing::Intern {
            contract,
            supervisor,
        } = member.standing
        else {
            panic!("{:?}", member.standing);
        };
        assert_eq!(supervisor, None);
        assert!(
            !member.standing.holds(app.now()),
            "nobody answers for them yet"
        );
        assert!(contract.from <= app.now() && app.now() < contract.until);
    });
}
