//! The state of the service in words: what is wrong, what it means for people, what to do about it — at
//! the desk, and for whoever runs the machine. One calm sentence each; nobody is blamed.

use crate::condition::{Condition, Gravity, Task, Trouble};
use crate::text::labels;
use crate::text::when::duration;
use relais_core::cascade::Why;
use relais_core::time::Duration;
use relais_gateways::Channel;

/// What is wrong, as the start of a sentence that ends with *depuis*.
pub fn title(trouble: &Trouble) -> String {
    match trouble {
        Trouble::DatabaseAway => "La base de données ne répond pas".to_owned(),
        Trouble::SchemaWrong => "La base n’est pas celle de cette version".to_owned(),
        Trouble::WritesRefused => "Rien ne peut être enregistré".to_owned(),
        Trouble::DatabaseSlow => "Le service est ralenti".to_owned(),
        Trouble::ChannelDown(Channel::Sms) => "Les SMS ne partent pas".to_owned(),
        Trouble::ChannelDown(Channel::Push) => "Les notifications ne partent pas".to_owned(),
        Trouble::ChannelDown(Channel::Mail) => "Les courriels ne partent pas".to_owned(),
        Trouble::ChannelDown(Channel::Voice) => "Les appels automatiques ne partent pas".to_owned(),
        Trouble::ChannelDown(Channel::Mssante) => "Les messages MSSanté ne partent pas".to_owned(),
        Trouble::ChannelUnset(channel) => {
            format!(
                "Aucune passerelle n’est réglée pour {}",
                labels::channel(*channel)
            )
        }
        Trouble::ProviderSilent {
            channel, provider, ..
        } => format!(
            "Ce que prend le fournisseur {provider} ({}) n’arrive pas",
            labels::channel(*channel)
        ),
        Trouble::MessagesLate { .. } => "Des messages attendent leur envoi".to_owned(),
        Trouble::DeadlinesLate { .. } => "Des demandes n’avancent plus à l’heure".to_owned(),
        Trouble::RequestsStuck { .. } => "Des demandes sont bloquées".to_owned(),
        Trouble::TaskLate(task) => format!("{} ne se fait plus", self::task(*task)),
        Trouble::NodesSilent { .. } => "Un processus ne donne plus signe de vie".to_owned(),
        Trouble::DiskLow { .. } => "La place manque sur le disque".to_owned(),
        Trouble::FilesFew { .. } => "Peu de pages en direct peuvent être ouvertes".to_owned(),
        Trouble::MemoryLittle { .. } => "La mémoire permise au processus est faible".to_owned(),
        Trouble::ClockOff { .. } => "L’horloge du serveur est décalée".to_owned(),
        Trouble::ClockStepped { .. } => "L’horloge du serveur a sauté".to_owned(),
        Trouble::MailboxUnread => "La boîte MSSanté n’est plus relue".to_owned(),
        Trouble::FormsShed { .. } => "Les formulaires ouverts au public débordent".to_owned(),
        Trouble::BackupOld { .. } => "La dernière sauvegarde est ancienne".to_owned(),
    }
}

/// How much of it, in figures; empty when the title says it all.
pub fn measure(trouble: &Trouble) -> String {
    let many = |count: u32, one: &str, more: &str| match count {
        1 => format!("1\u{a0}{one}"),
        _ => format!("{count}\u{a0}{more}"),
    };
    match trouble {
        Trouble::ProviderSilent { run, .. } => {
            format!("{} sans accusé", many(*run, "message", "messages de suite"))
        }
        Trouble::MessagesLate { count } => many(*count, "message", "messages"),
        Trouble::DeadlinesLate { count } | Trouble::RequestsStuck { count } => {
            many(*count, "demande", "demandes")
        }
        Trouble::NodesSilent { count } => many(*count, "processus", "processus"),
        Trouble::DiskLow { free } => format!("il reste {}", bytes(*free)),
        Trouble::FilesFew { allowed } => format!("{allowed}\u{a0}fichiers permis"),
        Trouble::MemoryLittle { allowed } => bytes(*allowed),
        Trouble::ClockOff { by_ms } => {
            let way = if *by_ms > 0 { "en avance" } else { "en retard" };
            format!("{} {way} sur la base", seconds(*by_ms))
        }
        Trouble::ClockStepped { by_ms } => {
            let way = if *by_ms > 0 { "avancé" } else { "reculé" };
            format!("elle a {way} de {}", seconds(*by_ms))
        }
        Trouble::FormsShed { count } => many(*count, "formulaire oublié", "formulaires oubliés"),
        Trouble::BackupOld { age } => format!("elle a {}", duration(*age)),
        Trouble::DatabaseAway
        | Trouble::SchemaWrong
        | Trouble::WritesRefused
        | Trouble::DatabaseSlow
        | Trouble::ChannelDown(_)
        | Trouble::ChannelUnset(_)
        | Trouble::MailboxUnread
        | Trouble::TaskLate(_) => String::new(),
    }
}

/// What the desk does about it, in one or two sentences.
pub fn desk(condition: &Condition) -> &'static str {
    match &condition.trouble {
        Trouble::DatabaseAway => {
            "Notez les appels sur la fiche papier imprimée d’avance\u{a0}; ce qui était confirmé n’est pas perdu."
        }
        Trouble::SchemaWrong => {
            "Prévenez la personne qui exploite Relais\u{a0}; notez les appels sur la fiche papier."
        }
        Trouble::WritesRefused => {
            "Vous pouvez lire, pas lancer\u{a0}: notez les appels sur la fiche papier."
        }
        Trouble::DatabaseSlow => "Patientez après chaque bouton, rien n’est à refaire.",
        Trouble::ChannelDown(Channel::Sms) | Trouble::ChannelUnset(Channel::Sms) => {
            if matches!(condition.gravity, Gravity::Hinders) {
                "Appelez vous-même patients et professionnels."
            } else {
                "Appelez les patients à prévenir\u{a0}; les professionnels sont joints autrement."
            }
        }
        Trouble::ChannelDown(Channel::Push) | Trouble::ChannelUnset(Channel::Push) => {
            if matches!(condition.gravity, Gravity::Hinders) {
                "Appelez vous-même les professionnels."
            } else {
                "Les professionnels sont joints par SMS, quelques minutes plus tard."
            }
        }
        Trouble::ChannelDown(_) | Trouble::ChannelUnset(_) => {
            "Les messages partiront au retour\u{a0}; au besoin, appelez."
        }
        Trouble::ProviderSilent { .. } => {
            if matches!(condition.gravity, Gravity::Watch) {
                "Un autre fournisseur prend la suite\u{a0}; vous n’avez rien à faire."
            } else {
                "Appelez les patients à prévenir."
            }
        }
        Trouble::MessagesLate { .. } => "Ils partiront seuls\u{a0}; pour une urgence, appelez.",
        Trouble::DeadlinesLate { .. } | Trouble::TaskLate(Task::Due) => {
            "Surveillez les demandes ouvertes et appelez les professionnels."
        }
        Trouble::RequestsStuck { .. } => {
            "Cherchez vous-même un professionnel, et prévenez la personne qui exploite Relais."
        }
        Trouble::TaskLate(Task::Deliver) => "Appelez patients et professionnels.",
        Trouble::MailboxUnread => {
            "Les notes partent\u{a0}; on ne sait plus si elles sont affichées."
        }
        Trouble::TaskLate(Task::Digests | Task::Housekeeping)
        | Trouble::NodesSilent { .. }
        | Trouble::FilesFew { .. }
        | Trouble::MemoryLittle { .. }
        | Trouble::FormsShed { .. }
        | Trouble::BackupOld { .. } => "Vous n’avez rien à faire.",
        Trouble::DiskLow { .. } => {
            "Prévenez la personne qui exploite Relais\u{a0}; continuez normalement."
        }
        Trouble::ClockOff { .. } | Trouble::ClockStepped { .. } => {
            "Vérifiez les heures avant de les donner au téléphone."
        }
    }
}

/// What whoever runs the machine does about it.
pub const fn keeper(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::DatabaseAway => "Rétablissez la base. Relais reprend seul.",
        Trouble::SchemaWrong => {
            "Lancez «\u{a0}relais migrate\u{a0}», ou remettez la version qui va avec la base."
        }
        Trouble::WritesRefused => {
            "Regardez la place sur le disque, puis les droits du fichier ou l’état du serveur de base."
        }
        Trouble::DatabaseSlow => {
            "Regardez la charge de la machine, le disque, et qui d’autre utilise la base."
        }
        Trouble::ChannelDown(_) => {
            "Prévenez le fournisseur. Les messages qui valent encore repartent seuls."
        }
        Trouble::ProviderSilent { .. } => {
            "Vérifiez l’adresse de rappel des accusés, puis prévenez le fournisseur. Un message toutes les dix minutes vérifie s’il est revenu."
        }
        Trouble::ChannelUnset(_) => "Réglez une passerelle pour ce canal.",
        Trouble::MessagesLate { .. } => {
            "Regardez l’état des passerelles, puis les journaux du processus."
        }
        Trouble::DeadlinesLate { .. } | Trouble::TaskLate(_) => {
            "Regardez les journaux du processus\u{a0}; un redémarrage est sans risque."
        }
        Trouble::RequestsStuck { .. } => {
            "La raison est dans les journaux du processus\u{a0}: signalez-la avec le code de la demande."
        }
        Trouble::NodesSilent { .. } => {
            "Relancez-le, ou laissez\u{a0}: les autres font son travail."
        }
        Trouble::DiskLow { .. } => "Libérez de la place ou agrandissez le disque.",
        Trouble::FilesFew { .. } => {
            "Relevez LimitNOFILE du service (65536 est l’usage), puis relancez-le."
        }
        Trouble::MemoryLittle { .. } => {
            "Relevez MemoryMax du service ou la mémoire de la machine (512\u{a0}Mio au moins), puis relancez-le."
        }
        Trouble::ClockOff { .. } | Trouble::ClockStepped { .. } => {
            "Vérifiez la synchronisation de l’heure (chrony, systemd-timesyncd)."
        }
        Trouble::MailboxUnread => {
            "Vérifiez le certificat ou le compte auprès de l’opérateur MSSanté. La lecture reprend seule, là où elle s’est arrêtée."
        }
        Trouble::FormsShed { .. } => {
            "La connexion qui en tient le plus cède la place\u{a0}; les autres entrent. Au besoin, filtrez-la devant le serveur."
        }
        Trouble::BackupOld { .. } => {
            "Lancez «\u{a0}relais backup\u{a0}», et voyez pourquoi elle manque."
        }
    }
}

/// A gravity, as a word of its own.
pub const fn gravity(value: Gravity) -> &'static str {
    match value {
        Gravity::Hinders => "Gêne les demandes",
        Gravity::Slows => "Ralentit",
        Gravity::Watch => "À surveiller",
    }
}

/// A background task, as the start of a sentence.
pub const fn task(value: Task) -> &'static str {
    match value {
        Task::Due => "Le suivi des échéances",
        Task::Deliver => "L’envoi des messages",
        Task::Digests => "L’écriture des résumés demandés",
        Task::Housekeeping => "L’entretien (ancrage du journal, nettoyage)",
    }
}

/// What a request is due for.
pub const fn due_for(why: Why) -> &'static str {
    match why {
        Why::Qualify => "à qualifier",
        Why::StageEnds => "étape suivante",
        Why::DeadlinePasses => "fin du délai de réponse",
        Why::NextWave => "vague suivante",
        Why::CandidateReturns => "retour d’un professionnel",
        Why::PatientNews => "nouvelles au patient",
        Why::PauseEnds => "fin de la pause",
        Why::NeedsAHand => "rappel, coup de main",
        Why::FollowUp => "heure à fixer, ou clôture",
    }
}

/// Why a message waits or failed, from its stored code; unknown codes are a provider's own.
pub fn message_reason(code: &str) -> &str {
    match code {
        "" => "pas encore tenté",
        "later" | "held" => "la passerelle ne répond pas",
        "unsure" => "peut-être parti, personne ne le sait",
        "misconfigured" => "aucune passerelle réglée",
        "no-address" => "aucun numéro ni adresse",
        "too-long" => "texte trop long",
        "provider" => "refusé par le fournisseur",
        other => other,
    }
}

/// A size in words: `1,4 Go`, `320 Mo`.
pub fn bytes(value: u64) -> String {
    const MEGA: u64 = 1_000_000;
    let tenths = value / (100 * MEGA);
    if tenths >= 10 {
        format!("{},{}\u{a0}Go", tenths / 10, tenths % 10)
    } else {
        format!("{}\u{a0}Mo", value / MEGA)
    }
}

/// A short length: `12 s`, `3 min`.
pub fn seconds(ms: i64) -> String {
    let length = Duration::millis(ms.abs());
    match length.as_millis() / 1_000 {
        short @ 0..120 => format!("{short}\u{a0}s"),
        _ => duration(length),
    }
}

/// The same to the tenth, for what is shorter: `12 ms`, `1,4 s`.
pub fn seconds_fine(ms: i64) -> String {
    match ms {
        i64::MIN..1_000 => format!("{}\u{a0}ms", ms.max(0)),
        1_000..60_000 => format!("{},{}\u{a0}s", ms / 1_000, ms % 1_000 / 100),
        _ => seconds(ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Trouble> {
        let mut all: Vec<Trouble> = Channel::ALL
            .iter()
            .flat_map(|channel| {
                [
                    Trouble::ChannelDown(*channel),
                    Trouble::ChannelUnset(*channel),
                ]
            })
            .collect();
        all.push(Trouble::ProviderSilent {
            channel: Channel::Sms,
            provider: "ovh",
            run: 5,
        });
        all.extend(Task::ALL.iter().map(|task| Trouble::TaskLate(*task)));
        all.extend([
            Trouble::DatabaseAway,
            Trouble::SchemaWrong,
            Trouble::WritesRefused,
            Trouble::DatabaseSlow,
            Trouble::MessagesLate { count: 1 },
            Trouble::DeadlinesLate { count: 2 },
            Trouble::RequestsStuck { count: 2 },
            Trouble::NodesSilent { count: 1 },
            Trouble::DiskLow { free: 320_000_000 },
            Trouble::FilesFew { allowed: 1_024 },
            Trouble::MemoryLittle {
                allowed: 268_435_456,
            },
            Trouble::ClockOff { by_ms: -2_500 },
            Trouble::ClockStepped { by_ms: 190_000 },
            Trouble::MailboxUnread,
            Trouble::FormsShed { count: 12 },
            Trouble::BackupOld {
                age: Duration::hours(30),
            },
        ]);
        all
    }

    #[test]
    fn every_trouble_is_said_in_proper_french() {
        for trouble in all() {
            for gravity in [Gravity::Watch, Gravity::Slows, Gravity::Hinders] {
                let condition = Condition {
                    trouble: trouble.clone(),
                    network: None,
                    gravity,
                    since: relais_core::time::Instant::from_millis(0),
                };
                let title = title(&trouble);
                assert!(!title.ends_with('.'), "{title}: « depuis » follows");
                for text in [
                    &title,
                    desk(&condition),
                    keeper(&trouble),
                    &measure(&trouble),
                ] {
                    assert!(!text.contains('\''), "{text}: the apostrophe is ’");
                    assert!(!text.contains(" :") && !text.contains(" ;"), "{text}");
                    assert!(!text.contains('!'), "{text}: calm");
                }
                assert!(desk(&condition).ends_with('.') && keeper(&trouble).ends_with('.'));
                // One line of the banner, at 1366 pixels.
                let line = title.chars().count() + desk(&condition).chars().count();
                assert!(line <= 130, "{line}: {title}");
            }
        }
    }

    #[test]
    fn amounts_are_written_as_people_read_them() {
        assert_eq!(bytes(320_000_000), "320\u{a0}Mo");
        assert_eq!(bytes(1_460_000_000), "1,4\u{a0}Go");
        assert_eq!(bytes(0), "0\u{a0}Mo");
        assert_eq!(seconds(-2_500), "2\u{a0}s");
        assert_eq!(seconds(190_000), "3\u{a0}min");
        assert_eq!(seconds_fine(12), "12\u{a0}ms");
        assert_eq!(seconds_fine(1_450), "1,4\u{a0}s");
        assert_eq!(
            measure(&Trouble::ClockOff { by_ms: -2_500 }),
            "2\u{a0}s en retard sur la base"
        );
        assert_eq!(
            measure(&Trouble::RequestsStuck { count: 1 }),
            "1\u{a0}demande"
        );
    }
}
