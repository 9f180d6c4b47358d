//! The pages, as plain data: words, numbers and addresses in, HTML out. Owns what each screen shows
//! and samples of it (nothing, an ordinary day, too much); knows neither the domain nor the database.

mod activity;
mod agenda;
mod applications;
mod ask;
mod asked;
mod away;
mod board;
mod board_samples;
mod call;
mod callbacks;
mod calls;
pub(crate) mod choices;
mod cooperation;
mod demo;
mod docs;
mod door;
mod drill;
mod federation;
mod fifteen;
mod hand;
mod ins;
mod invitation;
mod keys;
mod known;
mod late;
mod left_out;
mod members;
mod mine;
mod network;
mod note;
mod notifications;
mod offer;
mod overrides;
mod paper;
mod patient;
mod photos;
mod problem;
mod protocol_samples;
mod protocols;
mod public;
mod public_desk;
mod qualify;
mod regulation;
mod request;
mod requests;
mod retention;
mod rights;
mod roles;
mod secretaries;
mod service;
mod signatures;
mod signup;
mod slip;
mod terms;
mod thread;
mod ticket;
mod visits;
mod waves;
mod wishes;

pub use activity::{AbsenceRow, ActivityPage, Figure, QuarterSheet, Switch};
pub use agenda::AgendaPage;
pub use applications::{ApplicationPage, ApplicationRow, ApplicationsPage};
pub use ask::{Ask, AskPage, Delegated, Inclusion, Severity, SeverityPart};
pub use asked::{AskedRow, SolicitationsPage};
pub use away::AwayPage;
pub use board::{Board, BoardPart, DirectPage, Group, NeedChoices, Peek, Reach, ReachPart, Row};
pub use call::{Asking, CallAnswer, CallPanel, Led, Line, Script};
pub use callbacks::{CallbackPage, CallbackRow, CallbacksPage};
pub use calls::{CallList, CallRow, CallsPage, Count, Counts};
pub use cooperation::{CooperationPage, CooperationRow, MyCooperation, ProtocolsPage};
pub use demo::{Call, DemoPage, FakePhone, PhoneLine, PhonesPage, Role, RoleGroup};
pub use docs::{DocsPage, Operation};
pub use door::{DoorPage, GoodbyePage};
pub use drill::{DrillPage, DrillRow};
pub use federation::{AgreementRow, FederationPage};
pub use fifteen::{FifteenPage, PhoneFifteenPage};
pub use hand::{HandCase, HandPage, HandPart};
pub use ins::InsPage;
pub use invitation::InvitationPage;
pub use keys::{GivenCode, KeyRow, KeysPage, NewPassword, RecoverPage, RecoveryPage};
pub use known::{AlikeLine, KnownLine, KnownList, KnownPart, MergePage};
pub use late::{LINES as LATE_LINES, LatePage};
pub use left_out::{LeftOutItem, LeftOutPage, Reason};
pub use members::{MemberPage, MemberRow, MembersPage, PlaceFields, StandInRow};
pub use mine::{MinePage, MineRow, MyRequestPage, MyRequestPart};
pub use network::{Door, Doors, NetworkPage, Owed};
pub use note::{LetterRow, NotePage, NoteReadPage, NoteWay, UndeliveredPage, UndeliveredRow};
pub use notifications::{DeviceRow, NotificationsPage};
pub use offer::{OfferItem, OfferPage, OffersPage, OffersPart, PatientsPage, SettledPage};
pub use overrides::{OverrideRow, OverridesPage};
pub use paper::{PaperCall, PaperPage, PaperRow};
pub use patient::{ClosePage, NextField, NextFields, NextPage, PatientPage, Slot};
pub use photos::Photos;
pub use problem::ProblemPage;
pub use protocols::{
    ChangeRow, EditRow, FileFaultRow, PaperQuestion, PaperSheet, ProtocolBringPage,
    ProtocolEditPage, ProtocolListPage, ProtocolPage, ProtocolPaperPage, ProtocolSignPage,
    ProtocolTrialPage, QuestionRow, SheetRow, Step, TrialAnswer, VersionRow,
};
pub use public::{
    Answered, ClosedPage, NumberGroup, QuestionPage, ReviewPage, SayPage, SignsPage, ToDial,
};
pub use public_desk::{PosterPage, PublicDay, PublicDeskPage};
pub use qualify::{
    AnsweredRow, AnsweredSheet, DutyPanel, EarlierRow, Hold, PassedOver, QualifyPage, QueuePage,
    QueuePart, QueueRow,
};
pub use regulation::{RegulationPage, SettingRow};
pub use request::{
    Criterion, Event, Identity, Left, Message, Receipt, RequestPage, RequestPart, VerdictRow,
};
pub use requests::{Filter, ListRow, RequestsPage};

pub use retention::{PurgeRow, RetentionPage, RetentionRow};
pub use rights::{LookRow, LooksPage};
pub use roles::{HatRow, InvitedRow, MyRolesPage, TeamPage, TeamRow};
pub use secretaries::{SecretariesPage, SecretaryRow, WhomPage, WhomRow};
pub use signatures::{SignPage, SignRow, SignaturesPage};
pub use signup::{SignupAsk, SignupPage, SignupProof, SignupStatePage};
pub use slip::SlipPage;
pub use terms::{TermsPage, WeekLine, WeekSheet};
pub use thread::{ThreadDeskPage, ThreadLine, ThreadLink, ThreadPage, ThreadPart};
pub use ticket::TicketPage;
pub use visits::{SeekerRow, SeekersPage, Share, UnclosedRow, VisitSettingsPage, VisitsPage};
pub use waves::{WaveRow, WavesPage};
pub use wishes::WishesPart;

pub use service::{DueRow, FailedRow, NodeRow, PostPart, ServicePage, TaskRow, TroubleRow};

use askama::Template;

use crate::parts::{Desk, Phone, PhoneTab, Tab, Toast};

/// A page that can show samples of itself.
pub trait Sample: Template + Sized {
    /// Its name in the gallery.
    const NAME: &'static str;
    /// Named samples: at least nothing, an ordinary day, and too much.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// A page of the gallery, rendered.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The page's name.
    pub page: &'static str,
    /// The sample's name.
    pub sample: &'static str,
    /// The whole document, or the fragment.
    pub html: String,
}

fn push<P: Sample>(out: &mut Vec<Rendered>) -> Result<(), askama::Error> {
    for (sample, page) in P::samples() {
        out.push(Rendered {
            page: P::NAME,
            sample,
            html: page.render()?,
        });
    }
    Ok(())
}

/// Every sample of every page.
///
/// # Errors
/// When a template cannot be rendered, which no sample does.
pub fn gallery() -> Result<Vec<Rendered>, askama::Error> {
    let mut out = Vec::new();
    push::<DoorPage>(&mut out)?;
    push::<GoodbyePage>(&mut out)?;
    push::<RecoverPage>(&mut out)?;
    push::<KeysPage>(&mut out)?;
    push::<RecoveryPage>(&mut out)?;
    push::<SignupPage>(&mut out)?;
    push::<InvitationPage>(&mut out)?;
    push::<SignupStatePage>(&mut out)?;
    push::<MembersPage>(&mut out)?;
    push::<MemberPage>(&mut out)?;
    push::<FederationPage>(&mut out)?;
    push::<DrillPage>(&mut out)?;
    push::<TeamPage>(&mut out)?;
    push::<MyRolesPage>(&mut out)?;
    push::<SecretariesPage>(&mut out)?;
    push::<WhomPage>(&mut out)?;
    push::<ApplicationsPage>(&mut out)?;
    push::<ApplicationPage>(&mut out)?;
    push::<DirectPage>(&mut out)?;
    push::<BoardPart>(&mut out)?;
    push::<ReachPart>(&mut out)?;
    push::<KnownPart>(&mut out)?;
    push::<MergePage>(&mut out)?;
    push::<FifteenPage>(&mut out)?;
    push::<PhoneFifteenPage>(&mut out)?;
    push::<RequestPage>(&mut out)?;
    push::<RequestsPage>(&mut out)?;
    push::<PaperPage>(&mut out)?;
    push::<CallsPage>(&mut out)?;
    push::<LatePage>(&mut out)?;
    push::<CallbacksPage>(&mut out)?;
    push::<CallbackPage>(&mut out)?;
    push::<QueuePage>(&mut out)?;
    push::<QualifyPage>(&mut out)?;
    push::<NetworkPage>(&mut out)?;
    push::<OverridesPage>(&mut out)?;
    push::<RegulationPage>(&mut out)?;
    push::<WavesPage>(&mut out)?;
    push::<VisitSettingsPage>(&mut out)?;
    push::<VisitsPage>(&mut out)?;
    push::<SeekersPage>(&mut out)?;
    push::<NextPage>(&mut out)?;
    push::<ProtocolListPage>(&mut out)?;
    push::<ProtocolBringPage>(&mut out)?;
    push::<ProtocolPage>(&mut out)?;
    push::<ProtocolEditPage>(&mut out)?;
    push::<ProtocolSignPage>(&mut out)?;
    push::<ProtocolTrialPage>(&mut out)?;
    push::<ProtocolPaperPage>(&mut out)?;
    push::<HandPage>(&mut out)?;
    push::<OffersPage>(&mut out)?;
    push::<OfferPage>(&mut out)?;
    push::<SettledPage>(&mut out)?;
    push::<PatientsPage>(&mut out)?;
    push::<PatientPage>(&mut out)?;
    push::<ClosePage>(&mut out)?;
    push::<ActivityPage>(&mut out)?;
    push::<TermsPage>(&mut out)?;
    push::<NotePage>(&mut out)?;
    push::<InsPage>(&mut out)?;
    push::<NoteReadPage>(&mut out)?;
    push::<UndeliveredPage>(&mut out)?;
    push::<AgendaPage>(&mut out)?;
    push::<RetentionPage>(&mut out)?;
    push::<LooksPage>(&mut out)?;
    push::<ThreadPage>(&mut out)?;
    push::<ThreadDeskPage>(&mut out)?;
    push::<NotificationsPage>(&mut out)?;
    push::<LeftOutPage>(&mut out)?;
    push::<SolicitationsPage>(&mut out)?;
    push::<SignaturesPage>(&mut out)?;
    push::<SignPage>(&mut out)?;
    push::<AskPage>(&mut out)?;
    push::<SlipPage>(&mut out)?;
    push::<ProtocolsPage>(&mut out)?;
    push::<CooperationPage>(&mut out)?;
    push::<MinePage>(&mut out)?;
    push::<MyRequestPage>(&mut out)?;
    push::<DemoPage>(&mut out)?;
    push::<PhonesPage>(&mut out)?;
    push::<ProblemPage>(&mut out)?;
    push::<AwayPage>(&mut out)?;
    push::<ServicePage>(&mut out)?;
    push::<DocsPage>(&mut out)?;
    push::<SignsPage>(&mut out)?;
    push::<QuestionPage>(&mut out)?;
    push::<ReviewPage>(&mut out)?;
    push::<SayPage>(&mut out)?;
    push::<TicketPage>(&mut out)?;
    push::<ClosedPage>(&mut out)?;
    push::<PublicDeskPage>(&mut out)?;
    push::<PosterPage>(&mut out)?;
    Ok(out)
}

/// The time at which samples are taken: a Tuesday in November, 14:32 in Paris.
pub(crate) const SAMPLE_NOW: i64 = 1_794_922_320_000;

/// A line of sixty characters, the longest name the samples try.
pub(crate) const LONG: &str = "Marie-Antoinette-Joséphine de La Rochefoucauld-Montmorencysse";

pub(crate) fn sample_desk(title: &str, here: &'static str) -> Desk {
    Desk {
        title: title.to_owned(),
        network: "SNP Essonne Nord".to_owned(),
        opening: "Ouvert jusqu’à 20\u{a0}h".to_owned(),
        person: "Lina K.".to_owned(),
        role: "Opératrice SNP".to_owned(),
        clock: "14:32".to_owned(),
        now_ms: SAMPLE_NOW,
        manual_clock: true,
        tabs: vec![
            Tab {
                href: "/direct",
                label: "Direct",
            },
            Tab {
                href: "/coup-de-main",
                label: "Coup de main",
            },
            Tab {
                href: "/demandes",
                label: "Demandes",
            },
            Tab {
                href: "/appels",
                label: "Appels",
            },
        ],
        here,
        fifteen: Some("/direct/15".to_owned()),
        banner: None,
        toast: None,
        demo: true,
    }
}

pub(crate) fn sample_phone(title: &str, tab: PhoneTab) -> Phone {
    Phone {
        title: title.to_owned(),
        back: None,
        state: None,
        side: String::new(),
        tab,
        now_ms: SAMPLE_NOW,
        manual_clock: true,
        wide: false,
        toast: None,
        demo: true,
    }
}

pub(crate) fn sample_toast(text: &str) -> Toast {
    Toast {
        text: text.to_owned(),
        undo: None,
        link: Some(("/demandes/req_1".to_owned(), "Ouvrir".to_owned())),
    }
}
