//! Every French commune in memory: look-ups by INSEE code and postcode, type-ahead, coordinates.
//! Compact (about 4 MB) and immutable. A postcode is never a key: it covers several communes.

use super::communes_file::{CommuneLine, read_communes};
use super::folded;
use relais_core::geo::{Insee, Point};
use std::sync::OnceLock;

const SHIPPED: &[u8] = include_bytes!("../../../../reference/communes.csv");

/// Codes of merged communes that old exports still carry, with the present code.
const MERGED: [(&str, &str); 6] = [
    ("57585", "57439"),
    ("57722", "57578"),
    ("67014", "67418"),
    ("67402", "67372"),
    ("91182", "91228"),
    ("91222", "91390"),
];

/// Words that may be left out at the beginning of a name when searching it.
const ARTICLES: [&str; 4] = ["le ", "la ", "les ", "l "];

#[derive(Debug, Clone, Copy)]
struct Row {
    insee: Insee,
    population: u32,
    centroid: Option<Point>,
    town: Option<Point>,
    /// Where the name and the folded name end; they start where the ones before end.
    name_end: u32,
    folded_end: u32,
    postcodes_end: u32,
}

/// Every commune, indexed. Build once, share everywhere.
#[derive(Debug)]
pub struct Communes {
    rows: Vec<Row>,
    names: String,
    /// Folded names, each between line feeds, in the order of `rows`.
    folded: String,
    postcodes: Vec<u32>,
    /// (postcode, row), sorted.
    by_postcode: Vec<(u32, u32)>,
}

/// One commune.
#[derive(Debug, Clone, Copy)]
pub struct Commune<'a> {
    /// INSEE code.
    pub insee: Insee,
    /// Name as published.
    pub name: &'a str,
    /// Inhabitants.
    pub population: u32,
    /// Centroid of its outline.
    pub centroid: Option<Point>,
    /// Town centre, where known.
    pub town: Option<Point>,
    postcodes: &'a [u32],
}

impl Commune<'_> {
    /// Its postcodes, five digits each, as published.
    pub fn postcodes(&self) -> impl Iterator<Item = String> + '_ {
        self.postcodes.iter().map(|code| format!("{code:05}"))
    }

    /// Whether a postcode is one of its own.
    pub fn has_postcode(&self, postcode: &str) -> bool {
        number(postcode).is_some_and(|code| self.postcodes.contains(&code))
    }

    /// Its department, as text.
    pub fn department(&self) -> &str {
        self.insee.department()
    }

    /// Where distances are measured from when no address is known: the town centre, else the
    /// centroid (R5).
    pub fn point(&self) -> Option<Point> {
        self.town.or(self.centroid)
    }
}

static IN_USE: OnceLock<Communes> = OnceLock::new();

impl Communes {
    /// The communes in use: those shipped with the product, or those imported into the database
    /// when [`Communes::use_imported`] was called before the first look.
    pub fn shipped() -> &'static Self {
        IN_USE.get_or_init(|| Self::read(SHIPPED))
    }

    /// Uses imported communes instead of the shipped ones, for the life of the process. `false`
    /// when communes were looked at already, or there is none.
    pub fn use_imported(lines: Vec<CommuneLine>) -> bool {
        !lines.is_empty() && IN_USE.set(Self::from_lines(lines)).is_ok()
    }

    /// Reads a commune file, leaving bad lines out; a file without the columns gives no commune.
    /// An import that must report them uses [`read_communes`].
    fn read(bytes: &[u8]) -> Self {
        let lines = read_communes(bytes)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        Self::from_lines(lines.collect())
    }

    fn from_lines(mut lines: Vec<CommuneLine>) -> Self {
        lines.sort_by_key(|line| line.insee);
        lines.dedup_by_key(|line| line.insee);
        let mut all = Self {
            rows: Vec::with_capacity(lines.len()),
            names: String::with_capacity(lines.len() * 16),
            folded: String::from("\n"),
            postcodes: Vec::with_capacity(lines.len()),
            by_postcode: Vec::with_capacity(lines.len()),
        };
        for line in lines {
            let index = size(all.rows.len());
            all.names.push_str(&line.name);
            all.folded.push_str(&folded(&line.name));
            all.folded.push('\n');
            for code in line.postcodes.iter().filter_map(|text| number(text)) {
                all.postcodes.push(code);
                all.by_postcode.push((code, index));
            }
            all.rows.push(Row {
                insee: line.insee,
                population: line.population,
                centroid: line.centroid,
                town: line.town,
                name_end: size(all.names.len()),
                folded_end: size(all.folded.len()),
                postcodes_end: size(all.postcodes.len()),
            });
        }
        all.by_postcode.sort_unstable();
        all.names.shrink_to_fit();
        all.folded.shrink_to_fit();
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every commune, by INSEE code.
    pub fn iter(&self) -> impl Iterator<Item = Commune<'_>> {
        (0..self.rows.len()).map(|index| self.at(index))
    }

    /// The communes of a department, by INSEE code: neighbours in the table, found without reading it.
    pub fn in_department(&self, department: &str) -> impl Iterator<Item = Commune<'_>> {
        let first = |beyond: bool| {
            self.rows.partition_point(|row| {
                let of = row.insee.department();
                of < department || beyond && of == department
            })
        };
        (first(false)..first(true)).map(|index| self.at(index))
    }

    fn at(&self, index: usize) -> Commune<'_> {
        let row = &self.rows[index];
        let before = index.checked_sub(1).map(|i| &self.rows[i]);
        let name = before.map_or(0, |b| b.name_end as usize)..row.name_end as usize;
        let codes = before.map_or(0, |b| b.postcodes_end as usize)..row.postcodes_end as usize;
        Commune {
            insee: row.insee,
            name: &self.names[name],
            population: row.population,
            centroid: row.centroid,
            town: row.town,
            postcodes: &self.postcodes[codes],
        }
    }

    fn index_of(&self, insee: Insee) -> Option<usize> {
        self.rows.binary_search_by_key(&insee, |row| row.insee).ok()
    }

    /// The present code of a code, old ones included; `None` when there is no such commune.
    pub fn current(&self, insee: Insee) -> Option<Insee> {
        let merged = MERGED.iter().find(|(old, _)| *old == insee.as_str());
        let present = merged.and_then(|(_, new)| Insee::new(new)).unwrap_or(insee);
        self.index_of(present).map(|_| present)
    }

    /// A commune by INSEE code; the code of a merged commune gives the one it became.
    pub fn get(&self, insee: Insee) -> Option<Commune<'_>> {
        self.index_of(self.current(insee)?)
            .map(|index| self.at(index))
    }

    /// Where a commune is: its town centre, else its centroid.
    pub fn point(&self, insee: Insee) -> Option<Point> {
        self.get(insee)?.point()
    }

    /// The communes of a postcode, most populated first.
    pub fn by_postcode(&self, postcode: &str) -> Vec<Commune<'_>> {
        if postcode.len() != 5 {
            return Vec::new();
        }
        self.postcodes_from(postcode)
    }

    fn postcodes_from(&self, beginning: &str) -> Vec<Commune<'_>> {
        let Some(start) = number(beginning) else {
            return Vec::new();
        };
        let missing = u32::try_from(5_usize.saturating_sub(beginning.len())).unwrap_or(0);
        let scale = 10_u32.pow(missing);
        let (low, high) = (start * scale, (start + 1) * scale);
        let from = self.by_postcode.partition_point(|(code, _)| *code < low);
        let until = self.by_postcode.partition_point(|(code, _)| *code < high);
        let mut rows: Vec<u32> = self.by_postcode[from..until]
            .iter()
            .map(|(_, r)| *r)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let mut found: Vec<_> = rows.into_iter().map(|row| self.at(row as usize)).collect();
        found.sort_by_key(|c| (std::cmp::Reverse(c.population), c.insee));
        found
    }

    /// Type-ahead: communes whose name (without accents, case or article) or postcode begins with
    /// `query`, then those with a later word that does. Inside a rank the preferred department
    /// comes first, then the most populated. At most `limit`; nothing for an empty query.
    pub fn search(&self, query: &str, prefer: Option<&str>, limit: usize) -> Vec<Commune<'_>> {
        let wanted = folded(query);
        if wanted.is_empty() {
            return Vec::new();
        }
        let elsewhere = |c: &Commune<'_>| prefer.is_some_and(|dept| c.department() != dept);
        if wanted.bytes().all(|b| b.is_ascii_digit()) {
            if wanted.len() > 5 {
                return Vec::new();
            }
            let mut found = self.postcodes_from(&wanted);
            found.sort_by_key(|c| (elsewhere(c), std::cmp::Reverse(c.population), c.insee));
            found.truncate(limit);
            return found;
        }
        let mut found: Vec<_> = self
            .rows_naming(&wanted)
            .into_iter()
            .map(|(rank, index)| (rank, self.at(index)))
            .collect();
        found.sort_by_key(|(rank, c)| {
            (
                *rank,
                elsewhere(c),
                std::cmp::Reverse(c.population),
                c.insee,
            )
        });
        found.truncate(limit);
        found.into_iter().map(|(_, commune)| commune).collect()
    }

    /// Rows with a word that begins with `wanted`: rank 0 the whole name, 1 the name begins, 2 a
    /// later word does.
    fn rows_naming(&self, wanted: &str) -> Vec<(u8, usize)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = self.folded[from..].find(wanted).map(|offset| from + offset) {
            from = at + 1;
            let starts_word = matches!(self.folded.as_bytes()[at - 1], b' ' | b'\n');
            if !starts_word {
                continue;
            }
            let index = self
                .rows
                .partition_point(|row| row.folded_end as usize <= at);
            let start = index
                .checked_sub(1)
                .map_or(1, |i| self.rows[i].folded_end as usize);
            let end = self.rows[index].folded_end as usize - 1;
            let before = &self.folded[start..at];
            let rank = match before {
                _ if before.is_empty() || ARTICLES.contains(&before) => {
                    u8::from(at + wanted.len() != end)
                }
                _ => 2,
            };
            match found.last_mut() {
                Some((best, last)) if *last == index => *best = rank.min(*best),
                Some(_) | None => found.push((rank, index)),
            }
        }
        found
    }
}

fn number(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.len() <= 5;
    (plain && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insee(code: &str) -> Insee {
        Insee::new(code).unwrap()
    }

    fn names(found: &[Commune<'_>]) -> Vec<String> {
        found.iter().map(|c| c.name.to_owned()).collect()
    }

    #[test]
    fn the_shipped_file_is_read_whole() {
        assert_eq!(
            read_communes(SHIPPED)
                .unwrap()
                .filter(Result::is_err)
                .count(),
            0
        );
        let all = Communes::shipped();
        assert_eq!(all.len(), 35_014);
        let essonne: Vec<_> = all.iter().filter(|c| c.department() == "91").collect();
        assert_eq!(essonne.len(), 194);
        assert_eq!(
            essonne.iter().map(|c| u64::from(c.population)).sum::<u64>(),
            1_338_485
        );
        assert!(all.iter().filter(|c| c.point().is_none()).count() <= 59);
    }

    #[test]
    fn it_stays_small_in_memory() {
        let all = Communes::shipped();
        let bytes = all.rows.capacity() * size_of::<Row>()
            + all.names.capacity()
            + all.folded.capacity()
            + all.postcodes.capacity() * 4
            + all.by_postcode.capacity() * 8;
        assert!(bytes < 10_000_000, "{bytes} bytes");
    }

    #[test]
    fn codes_are_found_old_ones_too() {
        let all = Communes::shipped();
        assert_eq!(all.get(insee("91377")).unwrap().name, "Massy");
        assert_eq!(all.get(insee("2A004")).unwrap().name, "Ajaccio");
        assert_eq!(all.get(insee("91222")).unwrap().name, "Le Mérévillois");
        assert_eq!(all.current(insee("67402")), Some(insee("67372")));
        assert_eq!(all.current(insee("91999")), None);
        for (_, present) in MERGED {
            assert!(all.get(insee(present)).is_some(), "{present}");
        }
    }

    #[test]
    fn a_department_is_what_the_whole_table_says_of_it() {
        let all = Communes::shipped();
        for department in [
            "01", "29", "2A", "2B", "30", "91", "95", "971", "976", "98", "00",
        ] {
            let found: Vec<_> = all.in_department(department).map(|c| c.insee).collect();
            let expected = all.iter().filter(|c| c.department() == department);
            assert_eq!(found, expected.map(|c| c.insee).collect::<Vec<_>>());
        }
        assert!(all.in_department("91").count() > 190);
    }

    #[test]
    fn a_postcode_gives_every_commune_it_covers() {
        let all = Communes::shipped();
        assert!(all.by_postcode("91410").len() > 5);
        let paray = all.by_postcode("94390");
        assert!(paray.iter().any(|c| c.name == "Paray-Vieille-Poste"));
        assert!(all.get(insee("91377")).unwrap().has_postcode("91300"));
        assert_eq!(
            all.get(insee("01004")).unwrap().postcodes().next().unwrap(),
            "01500"
        );
        for none in ["", "913", "9130O", "00000", "913000"] {
            assert!(all.by_postcode(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn type_ahead_ignores_accents_case_and_articles() {
        let all = Communes::shipped();
        assert_eq!(names(&all.search("massy", Some("91"), 3))[0], "Massy");
        assert_eq!(names(&all.search("ULIS", Some("91"), 3))[0], "Les Ulis");
        assert_eq!(
            names(&all.search("ste gene", Some("91"), 1)),
            ["Sainte-Geneviève-des-Bois"]
        );
        assert_eq!(
            names(&all.search("évry c", None, 1)),
            ["Évry-Courcouronnes"]
        );
        assert_eq!(
            names(&all.search("courcouronnes", None, 1)),
            ["Évry-Courcouronnes"]
        );
        assert_eq!(names(&all.search("ourcouronnes", Some("91"), 9)).len(), 0);
    }

    #[test]
    fn type_ahead_takes_the_beginning_of_a_postcode() {
        let all = Communes::shipped();
        let found = all.search("9130", Some("91"), 20);
        assert!(found.iter().any(|c| c.name == "Massy"));
        assert!(
            found
                .iter()
                .all(|c| c.postcodes().any(|p| p.starts_with("9130")))
        );
        assert!(
            all.search("0", None, 5)
                .iter()
                .all(|c| c.postcodes().any(|p| p.starts_with('0')))
        );
        assert!(all.search("", None, 5).is_empty());
        assert!(all.search("913771", None, 5).is_empty());
    }

    #[test]
    fn a_name_beats_a_beginning_and_a_beginning_beats_a_later_word() {
        let all = Communes::shipped();
        let found = names(&all.search("igny", Some("91"), 30));
        assert_eq!(found[0], "Igny");
        let rouen = names(&all.search("rouen", None, 30));
        assert_eq!(rouen[0], "Rouen");
    }
}
