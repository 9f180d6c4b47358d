//! The national directory: imported whole or not at all, gone on with after a cut, suggested while a name is typed, and
//! kept with a patient whose usual doctor is no member. A made-up country of any size stands for the real file.

use crate::village::{PATIENT, Village};
use relais_app::admin::national::{Begun, Compared, Overtaken, People, Run, digest};
use relais_app::admin::survey::survey;
use relais_app::directory::{Suggestion, outside_name};
use relais_app::patients::Search;
use relais_app::reference::communes::Communes;
use relais_core::people::Profession;
use relais_store::{Engine, StoreError, Tx, national};
use std::fmt::Write as _;
use std::time::Instant;

const HEAD: &str = "Identification nationale PP|Code civilité d'exercice|Nom d'exercice|Prénom d'exercice|\
    Code profession|Code catégorie professionnelle|Code type savoir-faire|Code savoir-faire|\
    Code postal (coord. structure)|Code commune (coord. structure)|Libellé commune (coord. structure)|";
/// Entries of the made-up country; the figures of ADR 0021 are of 1,100,000.
const SIZE: &str = "RELAIS_DIRECTORY_ENTRIES";

/// Six families of names, so that beginnings are shared as they are in the real file.
fn country(entries: usize) -> String {
    const HEADS: [&str; 24] = [
        "MAR", "BER", "DU", "LE ", "DE LA ", "RO", "MO", "LA", "GI", "PE", "FA", "SI", "CHE",
        "GAU", "BO", "VI", "HE", "NGU", "SAN", "DA ", "FER", "KO", "BEN ", "TRA",
    ];
    const MIDDLES: [&str; 20] = [
        "TIN", "NAR", "POND", "ROUX", "GUER", "BLAN", "RAN", "LET", "VAR", "SEAU", "CHAR", "MON",
        "TOUR", "DIER", "VEZ", "RET", "SOT", "LIN", "GAR", "BAUD",
    ];
    const ENDS: [&str; 15] = [
        "", "ET", "EAU", "ON", "IN", "ARD", "IER", "OUX", "EZ", "EL", "OT", "ELLE", "ENS", "IS",
        "AULT",
    ];
    const FIRSTS: [&str; 16] = [
        "Claire",
        "Anne",
        "Jean-Pierre",
        "Émile",
        "Zoé",
        "Paul",
        "Lucie",
        "Hugo",
        "Noémie",
        "Karim",
        "Inès",
        "Luc",
        "Maud",
        "Théo",
        "Sarah",
        "Yves",
    ];
    // In a hundred people, as many of each as the country has.
    let profession = |n: usize| match n % 100 {
        0..9 => ("10", "S", "SM54"),
        9..21 => ("10", "S", "SM04"),
        21..77 => ("60", "", ""),
        77..87 => ("70", "", ""),
        87..93 => ("21", "", ""),
        93..97 => ("40", "", ""),
        _ => ("50", "", ""),
    };
    let communes: Vec<_> = Communes::shipped()
        .iter()
        .filter(|c| c.population > 3_000)
        .collect();
    let mut text = format!("{HEAD}\n");
    let mut chance = 1_u64;
    let mut draw = |among: usize| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(chance >> 33).unwrap_or(0) % among
    };
    for n in 0..entries {
        let (code, kind, skill) = profession(n);
        let town = communes[draw(communes.len())];
        let _ = writeln!(
            text,
            "8{:011}|DR|{}{}{}|{}|{code}|C|{kind}|{skill}|{}|{}|{}|",
            97_000_000_000 + n,
            HEADS[draw(HEADS.len())],
            MIDDLES[draw(MIDDLES.len())],
            ENDS[draw(ENDS.len())],
            FIRSTS[draw(FIRSTS.len())],
            town.postcodes().next().unwrap_or_default(),
            town.insee,
            town.name.to_uppercase(),
        );
    }
    text
}

fn people(text: &str) -> People {
    survey(text.as_bytes(), |_, _| Ok(())).unwrap().people
}

async fn begin(v: &Village, text: &str) -> Begun {
    let (digest, entries) = (digest(text.as_bytes()).unwrap(), people(text).count());
    v.app
        .begin_directory_import(digest, entries, 10)
        .await
        .unwrap()
}

/// Writes what a file changes, at most so many entries of it; answers how many it wrote.
async fn write(v: &Village, run: Run, text: &str, most: usize) -> usize {
    let compared = compare(v, run, text).await.unwrap();
    let changes = compared.people.changes(text.as_bytes()).unwrap();
    let mut changes: Vec<_> = changes.take(most).collect();
    let written = changes.len();
    while !changes.is_empty() {
        let some = changes.drain(..changes.len().min(5_000)).collect();
        assert_eq!(v.app.write_directory(run, some).await, Ok(Ok(())));
    }
    written
}

async fn compare(v: &Village, run: Run, text: &str) -> Result<Compared, Overtaken> {
    let compared = v.app.compare_directory(run, people(text));
    compared.await.unwrap()
}

/// Begins an import that is not refused.
async fn run_of(v: &Village, text: &str) -> Run {
    match begin(v, text).await {
        Begun::ToWrite(run) => run,
        Begun::Shrunk { before } => panic!("shrunk from {before}"),
    }
}

/// Imports a file; answers how many entries were written, and how many taken away.
async fn import(v: &Village, text: &str) -> (usize, usize) {
    let run = run_of(v, text).await;
    let gone = compare(v, run, text).await.unwrap().gone;
    let written = write(v, run, text, usize::MAX).await;
    let taken = gone.len();
    assert_eq!(v.app.finish_directory_import(run, gone).await, Ok(Ok(())));
    (written, taken)
}

async fn is_in(v: &Village, text: &str) -> bool {
    let digest = digest(text.as_bytes()).unwrap();
    v.app.is_directory_imported(digest).await.unwrap()
}

/// The names suggested for a text.
async fn suggested(v: &Village, text: &str, profession: Profession) -> Vec<String> {
    let found = v
        .app
        .suggest_professionals(&v.desk(), text.to_owned(), Some(profession), 12)
        .await
        .unwrap();
    let directory = v.app.directory().await.unwrap();
    found
        .iter()
        .map(|one| match one {
            Suggestion::Member(id) => directory.person(*id).unwrap().display_name(),
            Suggestion::Outside(entry) => outside_name(entry),
        })
        .collect()
}

/// Places of those who are to sign up, in the directory of every village; no file here lists them.
const NEWCOMERS: usize = 4;

const THREE: &str = "899711111110|DR|MARTIN|Claire|10|C|S|SM54|91300|91377|MASSY|\n\
    899711111128|DR|DE LA TOUR|Jean-Pierre|10|C|S|SM54|67000|67482|STRASBOURG|\n\
    899711111128|DR|DE LA TOUR|Jean-Pierre|10|C|S|SM04|67000|67482|STRASBOURG|\n\
    899711111136|MME|MARTINEZ|Inès|60|C|||38000|38185|GRENOBLE|\n";

#[test]
fn members_come_first_then_the_country_the_near_ones_first() {
    Village::each(|v| async move {
        import(&v, &format!("{HEAD}\n{THREE}")).await;
        let gp = Profession::Gp;
        let found = suggested(&v, "mart", gp).await;
        assert!(found[0].ends_with("Martin"), "the member: {found:?}");
        assert_eq!(found[1..], ["Dr Claire Martin, Massy"]);
        for text in [
            "tour",
            "de la tour",
            "DE LA TOUR jean",
            "jean-pierre de la tour",
            "Dr de la Tour, Strasbourg",
        ] {
            let found = suggested(&v, text, gp).await;
            let expected: &[&str] = match text {
                // A key is opened by its own beginning: a word from the middle of a name is not one.
                "tour" => &[],
                _ => &["Dr Jean-Pierre De La Tour, Strasbourg"],
            };
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(
            suggested(&v, "martinez", Profession::Nurse).await,
            ["Mme Inès Martinez, Grenoble"]
        );
        assert!(suggested(&v, "m", gp).await.is_empty());
        assert!(suggested(&v, "%%", gp).await.is_empty());
        let by_default = v
            .app
            .suggest_professionals(&v.desk(), "tou".to_owned(), None, 12)
            .await;
        assert!(by_default.is_ok());
    });
}

#[test]
fn an_import_that_was_cut_goes_on_and_the_same_file_changes_nothing() {
    Village::each(|v| async move {
        let text = country(600);
        let run = run_of(&v, &text).await;
        assert_eq!(write(&v, run, &text, 250).await, 250);
        assert!(!is_in(&v, &text).await);
        assert_eq!(import(&v, &text).await, (350, NEWCOMERS), "only the rest");
        assert!(is_in(&v, &text).await);
        assert_eq!(import(&v, &text).await, (0, 0));
        let count = v.store.db.read(national::count).await;
        assert_eq!(count, Ok(600));
    });
}

/// Into an empty directory entries are written without their key on PostgreSQL, where two imports at once then write
/// everybody twice.
#[test]
fn a_first_import_that_ran_twice_at_once_holds_everybody_once() {
    Village::each(|v| async move {
        let emptied = v.store.db.write(|tx| {
            let all = national::list_kept(tx, |e| (e.rpps.clone(), e.insee.clone()))?;
            let gone = all
                .iter()
                .map(|(rpps, insee)| national::remove(tx, rpps, insee));
            gone.collect::<Result<Vec<()>, _>>().map(|gone| gone.len())
        });
        assert_eq!(emptied.await, Ok(NEWCOMERS));
        let text = country(600);
        let run = run_of(&v, &text).await;
        let first = compare(&v, run, &text).await.unwrap();
        let second = compare(&v, run, &text).await.unwrap();
        for compared in [first, second] {
            let changes = compared.people.changes(text.as_bytes()).unwrap();
            let written = v.app.write_directory(run, changes.collect()).await;
            let once = written.is_ok() || v.store.db.engine() == Engine::Sqlite;
            assert!(once, "{written:?}");
        }
        let ended = v.app.finish_directory_import(run, Vec::new()).await;
        assert_eq!(ended, Ok(Ok(())));
        let count = v.store.db.read(national::count).await;
        assert_eq!(count, Ok(600));
        // The key is back: somebody is there once.
        let again = compare(&v, run, &text).await.unwrap();
        assert_eq!(again.people.changes(text.as_bytes()).unwrap().count(), 0);
        let twice = v.store.db.write(|tx| {
            let all = national::list_kept(tx, Clone::clone)?;
            national::fill(tx, &all[..1])
        });
        let twice = twice.await;
        assert!(
            matches!(twice, Err(StoreError::Constraint { .. })),
            "{twice:?}"
        );
        assert!(is_in(&v, &text).await);
    });
}

#[test]
fn whoever_is_listed_no_more_goes_and_half_a_file_is_refused() {
    Village::each(|v| async move {
        let whole = country(600);
        import(&v, &whole).await;
        let first = |lines: usize| -> String {
            let some = whole.lines().take(lines);
            some.fold(String::new(), |text, line| text + line + "\n")
        };
        let (less, half) = (first(571), first(301));
        assert_eq!(begin(&v, &half).await, Begun::Shrunk { before: 600 });
        assert_eq!(import(&v, &less).await, (0, 30));
        assert!(!is_in(&v, &whole).await);
        // The earlier file again is an import like another: it is not the last one any more.
        assert_eq!(import(&v, &whole).await, (30, 0));
        assert!(is_in(&v, &whole).await);
        let count = v.store.db.read(national::count).await;
        assert_eq!(count, Ok(600));
    });
}

/// Two files at once: the last begun is the directory, whatever the other was doing; the other writes nothing more, is
/// not said to be in, and done again is a whole import. A killed one keeps nobody out.
#[test]
fn of_two_files_imported_at_once_the_last_begun_is_the_directory() {
    Village::each(|v| async move {
        let whole = country(600);
        let other = whole.replace("8970000", "8971000");
        import(&v, &whole).await;
        assert!(is_in(&v, &whole).await);
        let changes = |compared: &Compared, text: &str| -> Vec<_> {
            compared.people.changes(text.as_bytes()).unwrap().collect()
        };
        let early = run_of(&v, &other).await;
        let compared = compare(&v, early, &other).await.unwrap();
        let mut theirs = changes(&compared, &other);
        assert_eq!((theirs.len(), compared.gone.len()), (600, 600));
        let half = theirs.split_off(300);
        let kept = v.app.write_directory(early, half).await;
        assert_eq!(kept, Ok(Ok(())));
        assert!(!is_in(&v, &whole).await, "it is not any more");

        let late = run_of(&v, &whole).await;
        let held = compare(&v, late, &whole).await.unwrap();
        for stopped in [
            v.app.write_directory(early, theirs).await,
            v.app.finish_directory_import(early, compared.gone).await,
        ] {
            assert_eq!(stopped, Ok(Err(Overtaken)));
        }
        assert!(matches!(compare(&v, early, &other).await, Err(Overtaken)));
        assert_eq!((changes(&held, &whole).len(), held.gone.len()), (0, 300));
        let ended = v.app.finish_directory_import(late, held.gone).await;
        assert_eq!(ended, Ok(Ok(())));
        assert!(is_in(&v, &whole).await && !is_in(&v, &other).await);
        assert_eq!(import(&v, &whole).await, (0, 0), "nobody else is there");

        // Begun, then killed: neither keeps the next one out, and neither file is said to be in.
        let killed = run_of(&v, &other).await;
        write(&v, killed, &other, 100).await;
        assert!(!is_in(&v, &whole).await && !is_in(&v, &other).await);
        assert_eq!(import(&v, &other).await, (500, 600));
        // The same file twice at once is one import: the last.
        let twice = [run_of(&v, &whole).await, run_of(&v, &whole).await];
        assert!(matches!(
            compare(&v, twice[0], &whole).await,
            Err(Overtaken)
        ));
        assert!(compare(&v, twice[1], &whole).await.is_ok());
    });
}

/// Two begun in the same instant are one after the other.
#[test]
fn two_imports_begun_at_once_have_each_its_place() {
    Village::each(|v| async move {
        let whole = country(60);
        let other = whole.replace("8970000", "8971000");
        for _ in 0..4 {
            let runs = tokio::join!(run_of(&v, &whole), run_of(&v, &other));
            let last = [
                compare(&v, runs.0, &whole).await.is_ok(),
                compare(&v, runs.1, &other).await.is_ok(),
            ];
            assert_ne!(last[0], last[1], "one of them is the last");
        }
    });
}

/// Next month's file: who moved, who changed their name and who left the specialty that hid the general practice.
#[test]
fn only_what_differs_is_written_and_the_last_line_counts() {
    Village::each(|v| async move {
        let before = format!("{HEAD}\n{THREE}");
        assert_eq!(import(&v, &before).await, (3, NEWCOMERS));
        let after = before
            .replace("|MARTIN|", "|DURAND|")
            .replace("38000|38185|GRENOBLE", "67000|67482|STRASBOURG");
        assert_eq!(import(&v, &after).await, (2, 1));
        let of = |rpps: &'static str| {
            let read = move |tx: &mut Tx<'_>| national::list_of_person(tx, rpps);
            v.store.db.read(read)
        };
        let durand = of("99711111110").await.unwrap();
        assert_eq!(durand[0].search, "durand claire massy");
        assert_eq!(durand.len(), 1);
        let both = of("99711111128").await.unwrap();
        assert_eq!(both[0].profession, "gp", "whatever the order of the lines");
        let moved = of("99711111136").await.unwrap();
        assert_eq!(moved[0].insee, "67482");
        assert_eq!(moved.len(), 1);
        // Searched as before once the indexes are back.
        let found = suggested(&v, "durand", Profession::Gp).await;
        assert_eq!(found, ["Dr Claire Durand, Massy"]);
    });
}

/// R7, for later: who is no member can still be written to. Sealed with the patient, and gone with them.
#[test]
fn a_usual_doctor_who_is_no_member_is_kept_with_the_patient() {
    Village::each(|v| async move {
        import(&v, &format!("{HEAD}\n{THREE}")).await;
        let mut draft = v.call();
        draft.usual.rpps = Some("99711111128".to_owned());
        let id = v.raise(draft).await;
        assert!(v.read(id).await.usual.outside);
        let search = Search {
            phone: PATIENT.to_owned(),
            ..Search::default()
        };
        let found = v.app.look_up(&v.desk(), search).await.unwrap();
        let known = v
            .app
            .known_patient(&v.desk(), found.people[0].record)
            .await
            .unwrap();
        let (rpps, name) = known.outside.unwrap();
        assert_eq!(rpps, "99711111128");
        assert_eq!(name, "Dr Jean-Pierre De La Tour, Strasbourg");
        assert!(known.usual.is_empty());
    });
}

/// How long a suggestion takes: said, not asserted; `RELAIS_DIRECTORY_ENTRIES=1100000 … --no-capture` for the figures.
#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "measures durations and says them, for the figures of ADR 0021; nothing depends on them"
)]
fn a_country_of_any_size_is_searched_by_beginnings() {
    let size = std::env::var(SIZE).ok().and_then(|text| text.parse().ok());
    let size: usize = size.unwrap_or(3_000);
    Village::each(|v| async move {
        let text = country(size);
        let begun = Instant::now();
        import(&v, &text).await;
        println!("{size} entries imported in {:?}", begun.elapsed());
        let texts = [
            "ma",
            "mar",
            "mart",
            "martin",
            "martin cl",
            "claire martin",
            "le",
            "le bl",
            "nguyen",
            "de la tour",
            "martin massy",
            "zzz",
            "ben",
            "dupond luc paris",
            "a b c d",
        ];
        for profession in [Profession::Gp, Profession::Nurse] {
            for text in texts {
                let begun = Instant::now();
                let found = suggested(&v, text, profession).await;
                println!(
                    "{:>9.3} ms {:>2} {profession:?} {text}",
                    begun.elapsed().as_secs_f64() * 1e3,
                    found.len()
                );
                assert!(found.len() <= 12);
                let word = text.split(' ').next_back().unwrap();
                let fits = |name: &String| {
                    let folded = relais_app::reference::folded(name);
                    folded.split(' ').any(|part| part.starts_with(word))
                };
                let outside = found.iter().filter(|name| name.contains(','));
                assert!(outside.clone().all(fits), "{text}: {found:?}");
            }
        }
    });
}
