//! The time axis of a request: one leg per stage, the spent part solid, the baton where it is now
//! (DESIGN §6.4). Owns the drawing only; every page says the same thing in words beside it.

use std::fmt;

use super::Tone;
use crate::icon::Icon;

/// Length of the small track, in its own units.
const MINI: f32 = 156.0;

/// One stage of the small track.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// Its colour.
    pub tone: Tone,
    /// Its share of the whole window, between 0 and 1.
    pub share: f32,
}

/// Where the baton is.
#[derive(Clone, Copy, Debug)]
pub enum Baton {
    /// Still running: part of the whole window already spent, between 0 and 1.
    Running(f32),
    /// Somebody took it at this part of the window.
    Taken(f32),
}

/// The small track of a live row.
#[derive(Clone, Debug)]
pub struct MiniTrack {
    /// Its stages, in order; their shares add up to 1.
    pub legs: Vec<Leg>,
    /// Where the baton is.
    pub baton: Baton,
}

impl fmt::Display for MiniTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (spent, taken) = match self.baton {
            Baton::Running(part) => (part.clamp(0.0, 1.0), false),
            Baton::Taken(part) => (part.clamp(0.0, 1.0), true),
        };
        write!(
            f,
            r#"<svg class="track-mini" viewBox="0 0 156 20" aria-hidden="true" focusable="false">"#
        )?;
        let gap = 3.0;
        #[allow(clippy::cast_precision_loss, reason = "a track has a handful of legs")]
        let usable = MINI - gap * (self.legs.len().saturating_sub(1)) as f32;
        let (mut from, mut done) = (0.0_f32, 0.0_f32);
        let mut baton_at = 0.0_f32;
        for leg in &self.legs {
            let width = usable * leg.share.clamp(0.0, 1.0);
            let (solid, tint) = leg.tone.track();
            write!(
                f,
                r#"<rect class="{tint}" x="{from:.1}" y="6" width="{width:.1}" height="8" rx="3"/>"#
            )?;
            let part = if leg.share > 0.0 {
                ((spent - done) / leg.share).clamp(0.0, 1.0)
            } else {
                0.0
            };
            if part > 0.0 {
                let filled = width * part;
                write!(
                    f,
                    r#"<rect class="{solid}" x="{from:.1}" y="6" width="{filled:.1}" height="8" rx="3"/>"#
                )?;
                baton_at = from + filled;
            }
            done += leg.share;
            from += width + gap;
        }
        if taken {
            let rest = MINI - baton_at;
            let at = baton_at.clamp(8.0, MINI - 8.0);
            write!(
                f,
                r#"<rect class="kveil" x="{baton_at:.1}" y="5" width="{rest:.1}" height="10"/>"#
            )?;
            write!(f, r#"<circle class="kpec" cx="{at:.1}" cy="10" r="8"/>"#)?;
            write!(
                f,
                r#"<path d="M{:.1} 10.2l2.6 2.6 4.6-5.2" class="ktick"/>"#,
                at - 3.6
            )?;
        } else {
            let at = (baton_at - 3.0).clamp(0.0, MINI - 6.5);
            write!(
                f,
                r#"<rect class="ktem" x="{at:.1}" y="1" width="6" height="18" rx="3"/>"#
            )?;
        }
        f.write_str("</svg>")
    }
}

impl askama::filters::HtmlSafe for MiniTrack {}

/// One leg of the big track of a request's page.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its colour.
    pub tone: Tone,
    /// Its icon.
    pub icon: Icon,
    /// Its name.
    pub name: String,
    /// From when, `13:13`, or empty.
    pub from: String,
    /// Until when, or empty.
    pub to: String,
    /// One sentence: who, and what came of it.
    pub text: String,
    /// Part of it already spent, 0 to 100; `None` when it has not begun.
    pub spent: Option<u8>,
    /// Whether the baton is in this leg.
    pub current: bool,
}

impl Stage {
    /// The drawing of this leg.
    #[must_use]
    pub fn drawing(&self) -> StageDrawing<'_> {
        StageDrawing(self)
    }
}

/// The drawing of one leg; see [`Stage::drawing`].
#[derive(Debug)]
pub struct StageDrawing<'a>(&'a Stage);

impl fmt::Display for StageDrawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (solid, tint) = self.0.tone.track();
        write!(
            f,
            r#"<svg aria-hidden="true" focusable="false"><rect class="{tint}" x="0" y="6" width="100%" height="10" rx="4"/>"#
        )?;
        if let Some(spent) = self.0.spent {
            let spent = spent.min(100);
            write!(
                f,
                r#"<rect class="{solid}" x="0" y="6" width="{spent}%" height="10" rx="4"/>"#
            )?;
            if self.0.current {
                write!(
                    f,
                    r#"<svg x="{spent}%" overflow="visible"><rect class="ktem" x="-4" y="0" width="8" height="22" rx="4"/></svg>"#
                )?;
            }
        }
        f.write_str("</svg>")
    }
}

impl askama::filters::HtmlSafe for StageDrawing<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baton_stays_inside_the_track() {
        for part in [-1.0, 0.0, 0.5, 1.0, 7.0] {
            for baton in [Baton::Running(part), Baton::Taken(part)] {
                let track = MiniTrack {
                    legs: vec![
                        Leg {
                            tone: Tone::Usual,
                            share: 0.5,
                        },
                        Leg {
                            tone: Tone::Community,
                            share: 0.5,
                        },
                    ],
                    baton,
                };
                let text = track.to_string();
                assert!(!text.contains("x=\"-"), "{text}");
                assert!(text.contains(if matches!(baton, Baton::Taken(_)) {
                    "ktick"
                } else {
                    "ktem"
                }));
            }
        }
    }
}
