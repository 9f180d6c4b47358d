//! `GET /flux`: tells an open page that something it may see has changed. Only the request's id is
//! sent; the page then asks for its own HTML, with its own rights. Ends when the session does.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use relais_app::bus::{Change, News, Numbered};
use relais_core::access::{Actor, Role};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::gate::Signed;
use crate::web::Web;

/// How often an open stream checks that its session still stands.
const CHECK: Duration = Duration::from_secs(5);
/// Events that may wait for a slow page before it is told to look at everything.
const WAITING: usize = 32;

/// Whether a change may be told to somebody.
fn concerns(actor: &Actor, change: &Change) -> bool {
    match actor.role {
        Role::Operator | Role::Regulator | Role::Coordinator => change.network == actor.network,
        Role::Professional => match (&change.professionals, actor.professional) {
            (Some(list), Some(me)) => list.contains(&me),
            // Too many to name: the page looks, and sees only what is its own.
            (None, Some(_)) => true,
            (_, None) => false,
        },
        Role::Partner | Role::Administrator | Role::Auditor => false,
    }
}

fn event(actor: &Actor, told: &Numbered) -> Option<Event> {
    let event = Event::default().event("changed").id(told.seq.to_string());
    match &told.news {
        News::Resync => Some(event.data("{}")),
        News::Changed(change) if concerns(actor, change) => {
            // An id is told only to those for whom the change was named.
            let named = actor.role != Role::Professional || change.professionals.is_some();
            let body = if named {
                format!(r#"{{"request":"{}"}}"#, change.request)
            } else {
                "{}".to_owned()
            };
            Some(event.data(body))
        }
        News::Changed(_) => None,
    }
}

/// The stream.
pub async fn flux(
    State(web): State<Web>,
    signed: Signed,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(follow(web, signed, sender));
    Sse::new(ReceiverStream::new(receiver))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

async fn follow(web: Web, signed: Signed, sender: mpsc::Sender<Result<Event, Infallible>>) {
    let actor = signed.actor();
    let mut news = web.app.bus().listen();
    let mut check = tokio::time::interval(CHECK);
    check.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let hello = Event::default()
        .event("hello")
        .retry(Duration::from_secs(2))
        .data("{}");
    if sender.send(Ok(hello)).await.is_err() {
        return;
    }
    loop {
        let next = tokio::select! {
            () = sender.closed() => return,
            _ = check.tick() => {
                if still_signed_in(&web, &signed).await { continue }
                let _ = sender.send(Ok(Event::default().event("ended").data("{}"))).await;
                return;
            }
            heard = news.recv() => match heard {
                Ok(told) => event(&actor, &told),
                Err(RecvError::Lagged(_)) => Some(Event::default().event("changed").data("{}")),
                Err(RecvError::Closed) => return,
            },
        };
        if let Some(next) = next
            && sender.send(Ok(next)).await.is_err()
        {
            return;
        }
    }
}

async fn still_signed_in(web: &Web, signed: &Signed) -> bool {
    match &signed.session {
        // A database that is away for a moment ends no session.
        Some(token) => !matches!(web.app.peek_session(token).await, Ok(None)),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::ids::{NetworkId, ProfessionalId, RequestId, UserId};

    fn change(professionals: Option<Vec<u128>>) -> Change {
        Change {
            network: NetworkId::from_bits(1),
            request: RequestId::from_bits(2),
            professionals: professionals
                .map(|list| list.into_iter().map(ProfessionalId::from_bits).collect()),
            alert: None,
        }
    }

    fn actor(role: Role, network: u128, professional: Option<u128>) -> Actor {
        Actor {
            user: UserId::from_bits(9),
            role,
            network: NetworkId::from_bits(network),
            professional: professional.map(ProfessionalId::from_bits),
        }
    }

    #[test]
    fn news_stay_with_those_they_concern() {
        assert!(concerns(
            &actor(Role::Operator, 1, None),
            &change(Some(vec![]))
        ));
        assert!(!concerns(
            &actor(Role::Operator, 2, None),
            &change(Some(vec![]))
        ));
        assert!(concerns(
            &actor(Role::Professional, 2, Some(7)),
            &change(Some(vec![7]))
        ));
        assert!(!concerns(
            &actor(Role::Professional, 1, Some(8)),
            &change(Some(vec![7]))
        ));
        assert!(!concerns(&actor(Role::Auditor, 1, None), &change(None)));
    }
}
