//! Notifications on one's own phone: agree, try, see that it works.

use askama::Template;

use super::{LONG, Sample, sample_phone};
use crate::pages::notifications::{hours, rhythms};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// A browser that may be written to.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// Which.
    pub id: String,
    /// `Téléphone Android, Chrome`
    pub label: String,
    /// `Activé lun. 23`
    pub since: String,
    /// `Vue aujourd’hui à 14 h 02`, once one was really seen there.
    pub proved: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/notifications.html")]
pub struct NotificationsPage {
    /// The frame.
    pub phone: Phone,
    /// What went wrong.
    pub form: Form,
    /// The key browsers subscribe under; empty when notifications are sent by somebody else.
    pub key: String,
    /// The browsers known.
    pub devices: Vec<DeviceRow>,
    /// One of them showed a notification: nothing is left to do.
    pub reached: bool,
    /// How often a digest may come.
    pub rhythms: Vec<Choice>,
    /// At which hour.
    pub hours: Vec<Choice>,
    /// `Le prochain : demain à 19 h, par courriel.`
    pub digest: String,
}

impl Sample for NotificationsPage {
    const NAME: &'static str = "notifications";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |label: &str, proved: Option<&str>| DeviceRow {
            id: "psh_1".to_owned(),
            label: label.to_owned(),
            since: "Activé lun.\u{a0}23".to_owned(),
            proved: proved.map(str::to_owned),
        };
        let page = |devices: Vec<DeviceRow>, form: Form| Self {
            phone: sample_phone("Mes notifications", PhoneTab::None)
                .back("/activite", "Retour à mon activité"),
            form,
            key: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx".to_owned(),
            reached: devices.iter().any(|row| row.proved.is_some()),
            devices,
            rhythms: rhythms(),
            hours: hours(),
            digest: "Le prochain\u{a0}: demain à 19\u{a0}h, par courriel.".to_owned(),
        };
        let mut without = page(Vec::new(), Form::default());
        without.key.clear();
        let wrong = Form::default().wrong(
            "appareil",
            "Les notifications de ce navigateur ne peuvent pas être utilisées ici. Essayez Chrome, Firefox, Safari ou Edge.",
        );
        let seen = Some("Vue aujourd’hui à 14\u{a0}h\u{a0}02");
        vec![
            ("vide", page(Vec::new(), Form::default())),
            ("ailleurs", without),
            (
                "essai",
                page(
                    vec![row("Téléphone Android, Chrome", None)],
                    Form::default(),
                ),
            ),
            (
                "courant",
                page(
                    vec![
                        row("Téléphone Android, Chrome", seen),
                        row("Ordinateur, Firefox", None),
                    ],
                    Form::default(),
                ),
            ),
            ("extreme", {
                let mut page = page((0..10).map(|_| row(LONG, seen)).collect(), wrong);
                "Erreur\u{a0}: mes notifications".clone_into(&mut page.phone.title);
                page
            }),
        ]
    }
}
