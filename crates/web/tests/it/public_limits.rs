//! A flood of the public form: its own source, number or network is stopped and told so, and nobody
//! else is shut out.

use http::StatusCode;

use crate::fixture::in_territory;
use crate::public_visitor::{HOME, NUMBER, Visitor, counted, place, waiting};

#[test]
fn a_flood_from_one_source_lets_another_pass() {
    in_territory(|t| async move {
        let (mut begun, mut told) = (0, 0);
        for _ in 0..60 {
            let mut robot = Visitor::new(&t, "203.0.113.9");
            let reply = robot.answer(HOME, &[("signs", "none")]).await;
            match reply.status {
                StatusCode::SEE_OTHER => begun += 1,
                StatusCode::TOO_MANY_REQUESTS => {
                    told += 1;
                    assert!(reply.text.contains("Appelez-nous"), "{}", reply.text);
                    assert!(reply.text.contains("href=\"tel:"), "{}", reply.text);
                }
                other => panic!("{other}: {}", reply.text),
            }
        }
        assert!(begun <= 20 && told >= 40, "{begun} begun, {told} refused");
        let mut neighbour = Visitor::new(&t, "198.51.100.7");
        let sent = neighbour.fill_and_send(NUMBER).await;
        assert_eq!(place(&sent), "/n/essonne-nord/recue", "{}", sent.text);
    });
}

#[test]
fn one_number_and_one_network_have_their_own_limits_and_say_so() {
    in_territory(|t| async move {
        let homes = [
            "198.51.100.1",
            "198.51.100.2",
            "198.51.100.3",
            "198.51.100.4",
        ];
        for (index, from) in homes.into_iter().enumerate() {
            let sent = Visitor::new(&t, from).fill_and_send(NUMBER).await;
            if index < 3 {
                assert_eq!(place(&sent), "/n/essonne-nord/recue");
            } else {
                assert_eq!(sent.status, StatusCode::TOO_MANY_REQUESTS);
                assert!(
                    sent.text.contains("attendent déjà un rappel à ce numéro"),
                    "{}",
                    sent.text
                );
            }
        }
        assert_eq!(waiting(&t).await.len(), 3);
        let other = Visitor::new(&t, "198.51.100.5")
            .fill_and_send("06 39 98 41 08")
            .await;
        assert_eq!(
            place(&other),
            "/n/essonne-nord/recue",
            "another number passes"
        );

        // The rest of the forty a network can call back, each from a site of its own.
        for n in 4..40 {
            let from: &'static str = Box::leak(format!("203.0.{n}.2").into_boxed_str());
            let number = format!("06 39 98 50 {n:02}");
            let sent = Visitor::new(&t, from).fill_and_send(&number).await;
            assert_eq!(place(&sent), "/n/essonne-nord/recue", "{n}");
        }
        let full = Visitor::new(&t, "198.51.100.6")
            .fill_and_send("06 39 98 41 09")
            .await;
        assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(
            full.text.contains("attendent déjà qu’on les rappelle"),
            "{}",
            full.text
        );
        assert_eq!(waiting(&t).await.len(), 40);
        assert_eq!(
            (counted(&t, "repeated").await, counted(&t, "full").await),
            (1, 1)
        );
    });
}

/// Forty lines of one site send all they can: half of what the network can call back stays for others (ADR 0048).
#[test]
fn one_site_takes_no_more_places_than_it_leaves() {
    in_territory(|t| async move {
        let (mut sent, mut told) = (0, 0);
        for home in 0..40 {
            let from: &'static str =
                Box::leak(format!("2001:db8:7:{:x}::9", home << 8).into_boxed_str());
            let number = format!("06 39 98 51 {home:02}");
            let reply = Visitor::new(&t, from).fill_and_send(&number).await;
            match reply.status {
                StatusCode::SEE_OTHER => sent += 1,
                StatusCode::TOO_MANY_REQUESTS => {
                    told += 1;
                    assert!(
                        reply.text.contains("par le même accès internet que vous"),
                        "{}",
                        reply.text
                    );
                    assert!(reply.text.contains("href=\"tel:"), "{}", reply.text);
                }
                other => panic!("{other}: {}", reply.text),
            }
        }
        assert_eq!((sent, told), (20, 20));
        assert_eq!(counted(&t, "shared").await, 20);
        for from in ["198.51.100.7", "2001:db8:8::1", "2001:db8:9::1"] {
            let number = format!("06 39 98 52 {:02}", from.len());
            let reply = Visitor::new(&t, from).fill_and_send(&number).await;
            assert_eq!(place(&reply), "/n/essonne-nord/recue", "{}", reply.text);
        }
    });
}
