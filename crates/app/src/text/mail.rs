//! Mail to professionals and requesters: the same sentence as the notification, where to read
//! more, who writes. The subject holds no place and no motive.

use super::facts::{Desk, Written, in_pairs};
use super::push::Notice;

/// A notice as a mail.
pub fn from_notice(desk: &Desk<'_>, notice: &Notice) -> Written {
    let (svc, tel) = (desk.svc, in_pairs(desk.tel));
    let text = format!(
        "Bonjour,\n\n{}\n\nTout est ici\u{a0}: {}\n\n{svc}, {tel}\nMessage automatique, sans nom de \
         patient. Pour une urgence, le 15.\n",
        sentence(&notice.text),
        notice.link
    );
    Written {
        subject: Some(format!("{svc}\u{a0}: {}", lower_first(&notice.title))),
        text,
    }
}

/// With its full stop.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
