//! Live pages: what a stream tells, what it tells to somebody who comes back, when it ends, and
//! what is refused when there is no room.

use std::time::Duration as Wait;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use http::{HeaderMap, Request, StatusCode, header};
use relais_app::bus::{Change, News};
use relais_app::demo::DemoUser;
use relais_app::members::PracticeDraft;
use relais_core::access::Role;
use relais_core::people::MembershipStatus;
use relais_core::time::Duration;
use relais_store::{StoreError, professionals};
use tower::ServiceExt as _;

use crate::fixture::{Territory, in_territory, on_each_engine};

const SOME: &str = "req_00000000000000000000000007";
const LATER: &str = "req_00000000000000000000000008";

/// One event as a browser would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    name: String,
    id: String,
    data: String,
}

impl Event {
    fn seq(&self) -> u64 {
        let (_, seq) = self.id.split_once('-').expect("a mark");
        seq.parse().expect("a number")
    }
}

/// An open page.
struct Live {
    status: StatusCode,
    headers: HeaderMap,
    body: BodyDataStream,
    read: String,
}

impl Live {
    /// The next piece as it came; `None` when the stream is over.
    async fn piece(&mut self) -> Option<String> {
        let next = tokio::time::timeout(Wait::from_secs(30), self.body.next());
        let next = next.await.expect("the stream said nothing for 30 s")?;
        let text = String::from_utf8(next.expect("a stream of ours does not break").to_vec());
        Some(text.expect("text"))
    }

    /// The next event; `None` when the stream is over.
    async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines();
                    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    value.unwrap_or_default().to_owned()
                };
                let event = Event {
                    name: field("event"),
                    id: field("id"),
                    data: field("data"),
                };
                self.read = rest.to_owned();
                // A beat is a comment: no event.
                if !event.name.is_empty() {
                    return Some(event);
                }
            } else {
                let more = self.piece().await?;
                self.read.push_str(&more);
            }
        }
    }

    async fn expect(&mut self, name: &str) -> Event {
        let event = self.event().await.expect("one more event");
        assert_eq!(event.name, name, "{event:?}");
        event
    }

    /// Passes over news until the stream says that it ends.
    async fn until_ended(&mut self) {
        while self.event().await.expect("one more event").name != "ended" {}
    }

    /// Everything until a word that everybody hears, spoken by [`last_word`].
    async fn until_last_word(&mut self) -> Vec<Event> {
        let mut all = Vec::new();
        loop {
            let event = self.event().await.expect("still open");
            if event.name == "resync" {
                return all;
            }
            all.push(event);
        }
    }
}

/// What everybody hears: whatever comes before it is all there was.
fn last_word(t: &Territory) {
    t.app.bus().tell(News::Resync);
}

async fn signed_in(t: &Territory, user: &DemoUser) -> String {
    let session = t.app.sign_in_demo(&user.login, String::new()).await;
    session.expect("signs in")
}

async fn listen(t: &Territory, session: &str, since: Option<&str>) -> Live {
    let mut request = Request::get("/flux")
        .header(header::COOKIE, format!("relais={session}"))
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .header("sec-fetch-site", "same-origin");
    if let Some(since) = since {
        request = request.header("last-event-id", since);
    }
    send(t, request.body(Body::empty()).expect("a request")).await
}

async fn send(t: &Territory, request: Request<Body>) -> Live {
    let response = t.router.clone().oneshot(request).await.expect("answers");
    let (parts, body) = response.into_parts();
    Live {
        status: parts.status,
        headers: parts.headers,
        body: body.into_data_stream(),
        read: String::new(),
    }
}

/// Q11 on both engines, with real acts: what a page missed while it was away comes first, in order,
/// once; ids only grow.
#[test]
fn a_page_that_comes_back_is_told_what_it_missed_and_nothing_twice() {
    on_each_engine(|t| async move {
        t.app.spawn_tasks();
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let mut always = listen(&t, &session, None).await;
        let mut cut = listen(&t, &session, None).await;
        assert_eq!(always.status, StatusCode::OK);
        let hello = always.expect("hello").await;
        assert!(hello.data.starts_with("{\"retry\":"), "{}", hello.data);
        let stood = cut.expect("hello").await.id;
        let first = t.raise(&t.draft()).await;
        let told = cut.expect("changed").await;
        assert_eq!(told.data, format!("{{\"request\":\"{first}\"}}"));
        drop(cut);
        let second = t.raise(&t.draft()).await;
        let mut heard = vec![always.expect("changed").await];
        while !heard.iter().any(|event| event.data.contains(&second)) {
            heard.push(always.expect("changed").await);
        }
        for since in [stood, told.id.clone()] {
            let mut back = listen(&t, &session, Some(&since)).await;
            assert_eq!(back.expect("hello").await.id, since);
            let after = heard.iter().position(|event| event.id == since);
            for missed in &heard[after.map_or(0, |place| place + 1)..] {
                assert_eq!(&back.expect("changed").await, missed);
            }
            drop(back);
        }
        let seqs: Vec<_> = heard.iter().map(Event::seq).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
        assert!(hello.seq() < seqs[0]);
    });
}

/// I13, I4: another network and whoever was not asked are told nothing, live or on coming back; and
/// nobody is told anything but ids.
#[test]
fn nobody_hears_of_what_does_not_concern_them_even_on_coming_back() {
    in_territory(|t| async move {
        t.app.spawn_tasks();
        let desk = signed_in(&t, t.user(Role::Operator, 0)).await;
        let elsewhere = signed_in(&t, t.user(Role::Operator, 2)).await;
        let doctor = t.doctor().id;
        let of = |wanted: bool| {
            let users = t.world.users.iter();
            let mut fitting = users.filter(|user| {
                user.role == Role::Professional && (user.professional == Some(doctor)) == wanted
            });
            fitting.next().expect("a professional")
        };
        let asked = signed_in(&t, of(true)).await;
        let not_asked = signed_in(&t, of(false)).await;
        let auditor = t.world.users.iter().find(|user| user.role == Role::Auditor);
        let auditor = signed_in(&t, auditor.expect("an auditor")).await;

        let mut first = listen(&t, &desk, None).await;
        let stood = first.expect("hello").await.id;
        let everybody = [
            (desk, true),
            (asked, true),
            (elsewhere, false),
            (not_asked, false),
            (auditor, false),
        ];
        let mut open = Vec::new();
        for (session, hears) in &everybody {
            let mut live = listen(&t, session, None).await;
            live.expect("hello").await;
            open.push((live, *hears));
        }
        let raised = t.raise(&t.draft()).await;
        first.expect("changed").await;
        for (session, hears) in &everybody {
            let mut back = listen(&t, session, Some(&stood)).await;
            assert_eq!(back.expect("hello").await.id, stood);
            open.push((back, *hears));
        }
        last_word(&t);
        for (place, (mut live, hears)) in open.into_iter().enumerate() {
            let heard = live.until_last_word().await;
            assert_eq!(!heard.is_empty(), hears, "{place}: {heard:?}");
            for event in heard {
                assert_eq!(event.data, format!("{{\"request\":\"{raised}\"}}"));
            }
        }
    });
}

/// The change the launch of a request tells: its network, its usual doctor.
fn change_of(t: &Territory, request: &str) -> News {
    News::Changed(std::sync::Arc::new(Change {
        network: t.user(Role::Operator, 0).network,
        request: Some(request.parse().expect("an id")),
        professionals: Some(vec![t.doctor().id]),
        alert: None,
    }))
}

/// Another life, older than what is kept, or no mark at all: never guessed, never refused.
#[test]
fn a_mark_that_says_nothing_is_answered_by_one_look_at_everything() {
    in_territory(|t| async move {
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let epoch = t.app.bus().epoch().to_owned();
        let future = format!("{epoch}-99");
        for mark in ["a0b1c2d3e4f5a6b7-3", &future, "12", "<script>", "é", "-"] {
            let mut live = listen(&t, &session, Some(mark)).await;
            assert_eq!(live.status, StatusCode::OK, "{mark}");
            let hello = live.expect("hello").await;
            assert!(hello.id.is_empty(), "{mark}: {hello:?}");
            let resync = live.expect("resync").await;
            assert_eq!(resync.id, format!("{epoch}-0"), "{mark}");
        }
    });
}

/// The page's script cannot set a header: it says the same in the address. The header wins.
#[test]
fn a_mark_may_come_in_the_address() {
    in_territory(|t| async move {
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let mut live = listen(&t, &session, None).await;
        let stood = live.expect("hello").await.id;
        t.app.bus().tell(change_of(&t, SOME));
        let told = live.expect("changed").await;
        for (header, expected) in [(None, Some(&told)), (Some(&told.id), None)] {
            let mut request = Request::get(format!("/flux?depuis={stood}"))
                .header(header::COOKIE, format!("relais={session}"));
            if let Some(mark) = header {
                request = request.header("last-event-id", mark);
            }
            let mut back = send(&t, request.body(Body::empty()).expect("a request")).await;
            back.expect("hello").await;
            t.app.bus().tell(change_of(&t, LATER));
            let next = back.expect("changed").await;
            match expected {
                Some(missed) => assert_eq!(&next, missed),
                None => assert!(next.data.contains(LATER), "{next:?}"),
            }
        }
    });
}

/// R6: with the session, or the account, its streams end; on every node; and say nothing after.
#[test]
fn a_stream_ends_with_its_session_wherever_it_was_ended() {
    on_each_engine(|t| async move {
        let user = t.user(Role::Operator, 0);
        let (one, other) = (signed_in(&t, user).await, signed_in(&t, user).await);
        let mut ending = listen(&t, &one, None).await;
        let mut lasting = listen(&t, &other, None).await;
        ending.expect("hello").await;
        lasting.expect("hello").await;

        // In the process: at once, without any look.
        t.app.close_session(&one).await.expect("signs out");
        t.app.bus().tell(change_of(&t, SOME));
        ending.expect("ended").await;
        assert_eq!(ending.event().await, None, "nothing after the end");
        lasting.expect("changed").await;

        // Another node ended it: the look finds it.
        let node = t.another_process();
        node.disable_user(&user.login).await.expect("disabled");
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        lasting.expect("ended").await;
        assert_eq!(lasting.event().await, None);
        assert_eq!(t.app.streams().count(), 0);
    });
}

/// The same, told through the database before any look.
#[test]
fn the_end_of_a_session_travels_to_other_nodes() {
    on_each_engine(|t| async move {
        let user = t.user(Role::Operator, 0);
        let session = signed_in(&t, user).await;
        let mut live = listen(&t, &session, None).await;
        live.expect("hello").await;
        let mut heard = t.app.db().listen();
        t.another_process()
            .close_session(&session)
            .await
            .expect("signs out");
        let relais_store::db::Notice::Payload(text) = heard.next().await else {
            panic!("nothing was told");
        };
        assert!(text.starts_with("ended session "), "{text}");
        assert!(!text.contains(&session), "a token never travels");
        t.app.spawn_tasks();
        live.expect("ended").await;
    });
}

/// Whoever has left every network sees nothing more: page, stream and token end; one who is suspended
/// is not asked, and keeps the patients they have.
#[test]
fn the_end_of_a_membership_ends_what_its_member_had_open() {
    on_each_engine(|t| async move {
        let doctor = t.world.users.iter().find(|u| u.professional.is_some());
        let doctor = doctor.expect("a professional");
        let (session, token) = (signed_in(&t, doctor).await, t.token(doctor));
        let mut live = listen(&t, &session, None).await;
        live.expect("hello").await;
        let id = doctor.professional.expect("a professional");
        let become_ = async |status| {
            let now = t.app.now();
            let change = t.app.db().write(move |tx| {
                let all = professionals::find(tx, id)?
                    .expect("known")
                    .member
                    .memberships;
                for one in all {
                    professionals::set_membership(tx, id, one.network, status, now)?;
                }
                Ok::<_, StoreError>(())
            });
            change.await.expect("changed");
        };
        become_(MembershipStatus::Suspended).await;
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        assert_eq!(t.get(&token, "/offers").await.status, StatusCode::OK);
        become_(MembershipStatus::Left).await;
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        live.until_ended().await;
        assert_eq!(
            listen(&t, &session, None).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            t.get(&token, "/offers").await.status,
            StatusCode::UNAUTHORIZED
        );
    });
}

/// R5: the last day of a contract ends what was open at midnight, page, stream and token; a new date
/// opens it again.
#[test]
fn the_end_of_a_contract_ends_what_was_open() {
    on_each_engine(|t| async move {
        let id = t.doctor().id;
        let doctor = t.world.users.iter().find(|u| u.professional == Some(id));
        let doctor = doctor.expect("an account");
        let coordinator = t.who(Role::Coordinator);
        let until = async |day: &str| {
            let draft = PracticeDraft {
                standing: "locum".to_owned(),
                from: "2026-03-01".to_owned(),
                until: day.to_owned(),
                supervisor: String::new(),
            };
            let set = t.app.set_practice(&coordinator, id, draft);
            set.await.expect("dates");
        };
        until("2026-03-10").await;
        let (session, token) = (signed_in(&t, doctor).await, t.token(doctor));
        let mut live = listen(&t, &session, None).await;
        live.expect("hello").await;
        t.app
            .clock()
            .move_to(t.app.now() + Duration::minutes(13 * 60 + 59));
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        assert_eq!(t.get(&token, "/offers").await.status, StatusCode::OK);
        t.app.clock().move_to(t.app.now() + Duration::minutes(1));
        assert_eq!(
            t.get(&token, "/offers").await.status,
            StatusCode::UNAUTHORIZED,
            "the next request, whatever was looked at"
        );
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        live.until_ended().await;
        let closed = listen(&t, &session, None).await.status;
        assert_eq!(closed, StatusCode::UNAUTHORIZED);

        // Written while a stream is open, a day already past ends it at once, without a look.
        until("2026-03-31").await;
        let mut live = listen(&t, &session, None).await;
        live.expect("hello").await;
        until("2026-03-09").await;
        live.until_ended().await;
    });
}

/// R6: a page alone is no gesture, the desk locks, and its stream with it.
#[test]
fn a_stream_does_not_keep_a_desk_unlocked() {
    in_territory(|t| async move {
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let mut live = listen(&t, &session, None).await;
        live.expect("hello").await;
        t.app.clock().move_to(t.app.now() + Duration::minutes(29));
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        last_word(&t);
        assert_eq!(live.until_last_word().await, []);
        t.app.clock().move_to(t.app.now() + Duration::minutes(1));
        assert_eq!(t.app.look_at_open_sessions().await, Ok(1));
        live.expect("ended").await;
    });
}

#[test]
fn without_room_a_page_is_told_when_to_try_again_and_others_are_served() {
    in_territory(|t| async move {
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let mut tabs = Vec::new();
        let refused = loop {
            let live = listen(&t, &session, None).await;
            if live.status != StatusCode::OK {
                break live;
            }
            tabs.push(live);
            assert!(tabs.len() < 100, "no limit to the tabs of one account");
        };
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        let wait = refused.headers[header::RETRY_AFTER].to_str().expect("text");
        let wait: u64 = wait.parse().expect("seconds");
        assert!((30..=60).contains(&wait), "{wait}");
        let neighbour = signed_in(&t, t.user(Role::Coordinator, 0)).await;
        assert_eq!(listen(&t, &neighbour, None).await.status, StatusCode::OK);
        tabs.pop();
        tabs.push(listen(&t, &session, None).await);
        assert_eq!(tabs.last().map(|live| live.status), Some(StatusCode::OK));

        t.app.streams().limit(tabs.len());
        let crowded = listen(&t, &neighbour, None).await;
        assert_eq!(crowded.status, StatusCode::SERVICE_UNAVAILABLE);
        // Watching waits; raising does not.
        t.raise(&t.draft()).await;
    });
}

#[test]
fn a_stream_is_neither_compressed_nor_held_back_nor_kept() {
    in_territory(|t| async move {
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let mut live = listen(&t, &session, None).await;
        let said = |name: &str| {
            live.headers
                .get(name)
                .map(|value| value.to_str().expect("text"))
        };
        assert_eq!(said("content-type"), Some("text/event-stream"));
        assert_eq!(said("content-encoding"), None);
        assert_eq!(said("content-length"), None);
        assert_eq!(said("x-accel-buffering"), Some("no"));
        assert_eq!(said("cache-control"), Some("no-store"));
        live.expect("hello").await;
    });
}

/// The line of the state of the service comes whole, at the start and when it changes, to those at a
/// desk; it needs nothing that the database holds.
#[test]
fn the_state_of_the_service_is_told_even_without_the_database() {
    in_territory(|t| async move {
        t.app.look().await;
        let session = signed_in(&t, t.user(Role::Operator, 0)).await;
        let phone = t.world.users.iter().find(|u| u.professional.is_some());
        let phone = signed_in(&t, phone.expect("a professional")).await;
        let mut desk = listen(&t, &session, None).await;
        let mut quiet = listen(&t, &phone, None).await;
        let hello = desk.expect("hello").await;
        assert!(hello.data.contains(r#""state":"""#), "{}", hello.data);
        quiet.expect("hello").await;
        t.app.db().close();
        t.app.look().await;
        let told = desk.expect("state").await;
        assert_eq!(told.id, "", "no mark: nothing to replay");
        for text in ["La base de données ne répond pas", "fiche papier"] {
            assert!(told.data.contains(text), "{}", told.data);
        }
        t.app.look().await;
        last_word(&t);
        desk.expect("resync").await;
        quiet.expect("resync").await;
    });
}
