//! The frame around a page: the desk of an operator (`html.op`) and the phone of a professional
//! (`html.tel`). Owns the bar, the navigation and the clock; never holds a patient.

/// An entry of the desk's navigation.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where it goes.
    pub href: &'static str,
    /// Its word.
    pub label: &'static str,
}

/// A line at the bottom right, never the only trace of what it says (DESIGN §6.24).
#[derive(Clone, Debug)]
pub struct Toast {
    /// One sentence.
    pub text: String,
    /// An address and its word, if there is something to open.
    pub link: Option<(String, String)>,
    /// Where the launch is taken back, while it may be.
    pub undo: Option<String>,
}

/// What the bar of a desk page says.
#[derive(Clone, Debug)]
pub struct Desk {
    /// `<title>`, without the product's name. Never a person's name.
    pub title: String,
    /// The network's name.
    pub network: String,
    /// Whether it is open, in words.
    pub opening: String,
    /// Who is signed in.
    pub person: String,
    /// As what.
    pub role: String,
    /// The server's time, `14:32`.
    pub clock: String,
    /// The server's time in milliseconds, for the countdowns.
    pub now_ms: i64,
    /// Whether the demonstration's clock is moved by hand (countdowns then stand still).
    pub manual_clock: bool,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// The address of the current entry.
    pub here: &'static str,
    /// Where *Transférer au 15* goes; `None` for roles that take no call.
    pub fifteen: Option<String>,
    /// What is wrong with the service, if anything.
    pub banner: Option<super::Banner>,
    /// What just happened, if anything.
    pub toast: Option<Toast>,
    /// Whether this is the demonstration.
    pub demo: bool,
}

/// The three places of the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneTab {
    /// `/offres`
    Offers,
    /// `/prises`
    Patients,
    /// `/activite`
    Activity,
    /// A page with its own decision bar: no navigation (DESIGN §7, never both).
    None,
}

/// What the bar of a phone page says.
#[derive(Clone, Debug)]
pub struct Phone {
    /// `<title>`, without the product's name. Never a person's name.
    pub title: String,
    /// Where *retour* goes, with its accessible name; `None` shows the mark.
    pub back: Option<(String, String)>,
    /// A state in the bar.
    pub state: Option<super::State>,
    /// A few words at the right of the bar.
    pub side: String,
    /// Which place of the navigation is current.
    pub tab: PhoneTab,
    /// The server's time in milliseconds.
    pub now_ms: i64,
    /// Whether the demonstration's clock is moved by hand.
    pub manual_clock: bool,
    /// Whether the page is wider than a phone when there is room (the five steps).
    pub wide: bool,
    /// What just happened, if anything.
    pub toast: Option<Toast>,
    /// Whether this is the demonstration.
    pub demo: bool,
}

/// What the head of a public page says: nobody is signed in.
#[derive(Clone, Debug)]
pub struct Public {
    /// `<title>`, without the network's name. Never a person's name.
    pub title: String,
    /// The network's name.
    pub network: String,
    /// Its number, when somebody answers it: as a link and as read.
    pub phone: Option<(String, String)>,
    /// Where its public pages are, `/n/essonne-nord`; empty when the address is no network's.
    pub home: String,
    /// Whether everything is written larger.
    pub large: bool,
    /// Whether this is the demonstration.
    pub demo: bool,
}
