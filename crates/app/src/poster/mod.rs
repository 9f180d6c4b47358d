//! The poster a network puts in its waiting rooms: its number, its hours, the way to its public form,
//! and the 15 above everything else. One A4 page, in large type, as a PDF.
//!
//! Owns what it says and where; the page is [`sheet`], its letters `relais_documents`'.

mod sheet;
#[cfg(test)]
mod tests;

use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::public::closed::shown;
use crate::text::hours;
use qrcode::{Color, EcLevel, QrCode};
use relais_documents::Letters;
use sheet::{Ink, Sheet};

/// Width of A4, points.
const WIDTH: f32 = 595.0;
/// Height of A4, points.
const HEIGHT: f32 = 842.0;
/// Blank border, points.
const EDGE: f32 = 45.0;
/// Blank modules a reader needs around the square.
const QUIET: usize = 4;

/// What a poster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    /// The network's name.
    pub name: String,
    /// Its number, as read.
    pub phone: String,
    /// `Du lundi au vendredi de 8 h à 20 h, le samedi de 8 h à 12 h`; empty when never open.
    pub hours: String,
    /// The public form's whole address; none when the network has no form.
    pub form: Option<String>,
    /// The number of an emergency.
    pub fifteen: String,
    /// The number of the doctor on duty, as read.
    pub duty: String,
}

/// The modules of a QR code, row by row; true is dark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// Modules a side.
    pub side: usize,
    /// `side` × `side` modules.
    pub dark: Vec<bool>,
}

impl Poster {
    /// The poster of a network whose public pages are under `base` (no slash at the end).
    pub fn of(entry: &NetworkEntry, base: &str) -> Self {
        let public = &entry.network.extra.public;
        let week = hours::week(&entry.calendar.hours.weekly);
        let mut letters = week.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string());
        Self {
            name: entry.network.name.clone(),
            phone: shown(&entry.network.phone),
            hours: format!("{}{}", first.unwrap_or_default(), letters.as_str()),
            form: public
                .form
                .then(|| format!("{base}/n/{}", crate::public::slug(entry))),
            fifteen: entry.network.extra.number_15.clone(),
            duty: shown(&public.duty_phone),
        }
    }

    /// The square that leads to the form.
    ///
    /// # Errors
    /// An address too long for a square.
    pub fn square(&self) -> Result<Option<Square>, AppError> {
        self.form.as_deref().map(square).transpose()
    }

    /// The page, as a PDF.
    ///
    /// # Errors
    /// An address too long for a square; a letter is never missing (a test reads the fonts).
    pub fn pdf(&self) -> Result<Vec<u8>, AppError> {
        let (title, text) = (Letters::title()?, Letters::text()?);
        let mut sheet = Sheet::new(WIDTH, HEIGHT, &title, &text);
        let wide = WIDTH - 2.0 * EDGE;
        sheet.fill(Ink::Alarm, 0.0, HEIGHT - 118.0, WIDTH, 118.0);
        let alarm = format!("Urgence vitale\u{a0}: {}", self.fifteen);
        let size = sheet.fit(&title, &alarm, 46.0, wide);
        sheet.line(&title, Ink::Paper, size, EDGE, HEIGHT - 74.0, &alarm);
        let deaf = "Sourd ou malentendant\u{a0}: SMS au 114";
        sheet.line(&text, Ink::Paper, 17.0, EDGE, HEIGHT - 101.0, deaf);

        let mut y = HEIGHT - 172.0;
        y = sheet.paragraph(
            &title,
            Ink::Dark,
            37.0,
            (EDGE, y, wide),
            "Besoin d’un médecin ou d’un soin dans les 48\u{a0}heures\u{a0}?",
        );
        y -= 12.0;
        y = sheet.paragraph(&text, Ink::Dark, 20.0, (EDGE, y, wide), "Votre médecin ne peut pas vous recevoir\u{a0}? Appelez. Un opérateur cherche pour vous un professionnel près de chez vous.");
        y -= 46.0;
        let size = sheet.fit(&title, &self.phone, 66.0, wide);
        sheet.line(&title, Ink::Dark, size, EDGE, y, &self.phone);
        y -= 36.0;
        if !self.hours.is_empty() {
            y = sheet.paragraph(
                &text,
                Ink::Dark,
                21.0,
                (EDGE, y, wide),
                &format!("{}.", self.hours),
            );
        }
        y -= 18.0;
        if let (Some(square), Some(form)) = (self.square()?, &self.form) {
            self.way_to_the_form(&mut sheet, (&title, &text), y, &square, form);
        }
        let foot = format!(
            "Fermé\u{a0}? Médecin de garde\u{a0}: {}. Pharmacie de garde\u{a0}: 32\u{a0}37.",
            self.duty
        );
        sheet.paragraph(&text, Ink::Dark, 16.0, (EDGE, 62.0, wide), &foot);
        let size = sheet.fit(&title, &self.name, 18.0, wide);
        sheet.line(&title, Ink::Dark, size, EDGE, 32.0, &self.name);
        sheet.finish(&format!("Affiche de {}", self.name))
    }

    fn way_to_the_form(
        &self,
        sheet: &mut Sheet<'_>,
        (title, text): (&Letters, &Letters),
        top: f32,
        square: &Square,
        form: &str,
    ) {
        // As large as what is left between the hours and the foot, and never more than 190 points.
        let side = (top - 96.0).clamp(110.0, 190.0);
        let modules = square.side + 2 * QUIET;
        let module = side / small(modules);
        let low = top - side;
        for row in 0..square.side {
            for column in 0..square.side {
                if square.dark.get(row * square.side + column) == Some(&true) {
                    let x = EDGE + module * small(column + QUIET);
                    let y = top - module * small(row + QUIET + 1);
                    sheet.fill(Ink::Dark, x, y, module, module);
                }
            }
        }
        let (x, wide) = (EDGE + side + 14.0, WIDTH - 2.0 * EDGE - side - 14.0);
        let mut y = top - 34.0;
        y = sheet.paragraph(
            title,
            Ink::Dark,
            25.0,
            (x, y, wide),
            "Ou demandez à être rappelé",
        );
        y -= 6.0;
        y = sheet.paragraph(text, Ink::Dark, 17.0, (x, y, wide), "Visez ce carré avec l’appareil photo de votre téléphone, ou écrivez cette adresse\u{a0}:");
        y -= 2.0;
        let bare = form.split_once("://").map_or(form, |(_, rest)| rest);
        let size = sheet.fit(text, bare, 17.0, wide).max(9.0);
        sheet.line(text, Ink::Dark, size, x, y.max(low), bare);
    }
}

/// The square that says a text.
///
/// # Errors
/// A text too long for a square.
pub fn square(said: &str) -> Result<Square, AppError> {
    let code = QrCode::with_error_correction_level(said, EcLevel::M)
        .map_err(|error| AppError::Bug(format!("no square for this address: {error}")))?;
    Ok(Square {
        side: code.width(),
        dark: code
            .to_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect(),
    })
}

/// A count of modules as a length: never beyond a few hundred.
fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
