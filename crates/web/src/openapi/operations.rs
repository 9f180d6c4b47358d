//! The operations of the API, in the order of the contract. A test compares this list with the
//! router's: nothing is served undescribed, nothing described is missing.

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Its `operationId`.
    pub(crate) name: &'static str,
    /// One sentence.
    pub(crate) summary: &'static str,
    /// Who may.
    pub(crate) who: &'static str,
    /// The shape of its body, if it takes one.
    pub(crate) body: Option<&'static str>,
    pub(crate) body_required: bool,
    /// Its body is a form with files.
    pub(crate) files: bool,
    /// The status when it is done.
    pub(crate) status: u16,
    /// The shape of its answer.
    pub(crate) answer: &'static str,
    /// What it answers, in words.
    pub(crate) gives: &'static str,
    /// Parameters of its address.
    pub(crate) query: &'static [(&'static str, &'static str)],
}

const READ: Operation = Operation {
    method: "GET",
    path: "",
    name: "",
    summary: "",
    who: "",
    body: None,
    body_required: false,
    files: false,
    status: 200,
    answer: "",
    gives: "",
    query: &[],
};

const ACT: Operation = Operation {
    method: "POST",
    body: Some("Reason"),
    answer: "Request",
    gives: "The request as it became.",
    ..READ
};

const RAISERS: &str = "operator, regulator, professional, partner";
const THEIRS: &str = "requester, operator, regulator";
const FOLLOWERS: &str = "operator, regulator, coordinator, professional, partner";
const IN_THREAD: &str =
    "operator, regulator, requester, accepter, usual professional once a colleague has the patient";
const INSIDE: &str = "operator, regulator, coordinator of the network";

/// All of them.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/calls",
        name: "hearCall",
        summary: "Hears of a telephone call: it rings, a desk answered, it is over. Safe to repeat, in any order.",
        who: "operator, regulator, partner",
        body: Some("CallDraft"),
        body_required: true,
        status: 200,
        answer: "Call",
        gives: "The contact it became.",
        ..ACT
    },
    Operation {
        path: "/api/v1/contacts",
        name: "recordContact",
        summary: "Records a call or a form that raised no request, with its coded outcome.",
        who: RAISERS,
        body: Some("ContactDraft"),
        body_required: true,
        status: 201,
        answer: "Contact",
        gives: "The contact.",
        ..ACT
    },
    Operation {
        path: "/api/v1/contacts",
        name: "listContacts",
        summary: "The contact log of a day, newest first, without identity.",
        who: INSIDE,
        answer: "ContactPage",
        gives: "A page of contacts.",
        query: &[
            (
                "day",
                "A civil day of the network, 2026-11-24; today when left out.",
            ),
            ("origin", "Only from there."),
            (
                "outcome",
                "Only with this outcome; open for those still going on.",
            ),
            ("operator", "Only answered by this account."),
            ("motive", "Only with this motive."),
            ("late", "true: only those entered after the fact."),
            ("cursor", "The next of the page before."),
            ("limit", "1 to 100."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/contacts/figures",
        name: "countContacts",
        summary: "How many contacts a day had, by outcome and by origin: each sums to the total.",
        who: "operator, regulator, coordinator, auditor of the network",
        answer: "ContactFigures",
        gives: "The figures.",
        query: &[(
            "day",
            "A civil day of the network, 2026-11-24; today when left out.",
        )],
        ..READ
    },
    Operation {
        path: "/api/v1/contacts/{id}",
        name: "readContact",
        summary: "Shows a contact, without identity.",
        who: INSIDE,
        answer: "ContactLine",
        gives: "The contact.",
        ..READ
    },
    Operation {
        path: "/api/v1/requests",
        name: "raiseRequest",
        summary: "Raises a request: its cascade starts at once.",
        who: RAISERS,
        body: Some("RequestDraft"),
        body_required: true,
        status: 201,
        answer: "RaisedRequest",
        gives: "The request, without identity, and the requests of the same person.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/preview",
        name: "previewRequest",
        summary: "Says who would be asked, without storing anything.",
        who: RAISERS,
        body: Some("RequestDraft"),
        body_required: true,
        answer: "Preview",
        gives: "Who would be asked, who would not and why.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests",
        name: "listRequests",
        summary: "Lists the requests one may see, newest first, without identity.",
        who: "operator, regulator, coordinator: their network; professional, partner: what they raised",
        answer: "RequestPage",
        gives: "A page of requests.",
        query: &[
            (
                "status",
                "One or several statuses between commas; open for all that has not ended.",
            ),
            ("cursor", "The next of the page before."),
            ("limit", "1 to 100."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}",
        name: "readRequest",
        summary: "Shows a request; the identity for those who may see it, each time journaled.",
        who: "operator, regulator, coordinator of the network; requester; accepter",
        answer: "Request",
        gives: "The request.",
        ..READ
    },
    Operation {
        method: "PATCH",
        path: "/api/v1/requests/{id}",
        name: "editRequest",
        summary: "Changes part of the need: eligibility is looked at again.",
        who: THEIRS,
        body: Some("RequestEdit"),
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/verdicts",
        name: "listVerdicts",
        summary: "Who was considered, asked or not, with every test.",
        who: INSIDE,
        answer: "VerdictPage",
        gives: "Every verdict, newest stage first.",
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/timeline",
        name: "readTimeline",
        summary: "The history, newest first.",
        who: INSIDE,
        answer: "TimelinePage",
        gives: "The history.",
        query: &[
            ("cursor", "The next of the page before."),
            ("limit", "1 to 200; as many when left out."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/messages",
        name: "listMessages",
        summary: "Messages sent about the request, with their receipts.",
        who: INSIDE,
        answer: "MessagePage",
        gives: "The messages, newest first.",
        query: &[
            ("cursor", "The next of the page before."),
            ("limit", "1 to 1,000; as many when left out."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/looks",
        name: "listLooks",
        summary: "Who saw the data of the request's patient, over all their requests in the network; journaled.",
        who: "coordinator of the network",
        answer: "LookPage",
        gives: "The looks, oldest first.",
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/thread",
        name: "readThread",
        summary: "Opens the thread of the request; that look is journaled. Closed with the request, still read.",
        who: IN_THREAD,
        answer: "Thread",
        gives: "The messages, oldest first.",
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/thread",
        name: "writeInThread",
        summary: "Writes in the thread; the others are told that a message waits, without its content. No identity before acceptance.",
        who: IN_THREAD,
        body: Some("ThreadDraft"),
        body_required: true,
        status: 201,
        answer: "ThreadPosted",
        gives: "The number of the message.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/thread/photos",
        name: "writeInThreadWithPhotos",
        summary: "The same with photos, made anew from their pixels. Five a message.",
        who: IN_THREAD,
        body: Some("ThreadPhotosDraft"),
        body_required: true,
        files: true,
        status: 201,
        answer: "ThreadPosted",
        gives: "The number of the message.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/cancel",
        name: "cancelRequest",
        summary: "Cancels, with a reason.",
        who: THEIRS,
        body: Some("Cancel"),
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/relaunch",
        name: "relaunchRequest",
        summary: "Opens a new window.",
        who: THEIRS,
        body: Some("Relaunch"),
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/pause",
        name: "pauseRequest",
        summary: "Stops the clock.",
        who: THEIRS,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/resume",
        name: "resumeRequest",
        summary: "Starts the clock again; deadlines move by the length of the pause.",
        who: THEIRS,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/transfer-15",
        name: "transferTo15",
        summary: "Hands the patient over to 15, with a reason.",
        who: THEIRS,
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/note",
        name: "noteRequest",
        summary: "Adds a line to the history, without identity.",
        who: THEIRS,
        body: Some("Note"),
        body_required: true,
        status: 201,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/photos",
        name: "addPhotos",
        summary: "Adds photos, made anew from their pixels: place, hour and hidden thumbnail go. Five in all.",
        who: THEIRS,
        body: Some("PhotosDraft"),
        body_required: true,
        files: true,
        status: 201,
        answer: "Photos",
        gives: "How many the request has.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/widen",
        name: "widenRequest",
        summary: "Asks the neighbouring networks now.",
        who: "operator, regulator",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/take-in-hand",
        name: "takeInHand",
        summary: "Owns an unfilled request.",
        who: "operator, regulator",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/qualify",
        name: "qualifyRequest",
        summary: "Launches, changes and launches, changes and keeps, or advises and closes.",
        who: "regulator",
        body: Some("Qualify"),
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/release",
        name: "releaseRequest",
        summary: "Gives the patient back, with a reason: the community is asked again.",
        who: "the accepter; operator, regulator once the accepter's rights are over",
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/appointment",
        name: "setAppointment",
        summary: "Sets or moves the appointment.",
        who: "the accepter, operator, regulator",
        body: Some("WithAppointment"),
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/close",
        name: "closeRequest",
        summary: "Closes with one coded outcome.",
        who: "the accepter, operator, regulator",
        body: Some("Close"),
        body_required: true,
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/next",
        name: "listNext",
        summary: "What a request follows from, and what follows from it.",
        who: FOLLOWERS,
        answer: "Links",
        gives: "The links.",
        ..READ
    },
    Operation {
        path: "/api/v1/requests/{id}/next",
        name: "askNext",
        summary: "Raises what is needed after a visit that is closed, for the same patient: nothing is typed again.",
        who: "the accepter",
        body: Some("NextDraft"),
        body_required: true,
        status: 201,
        gives: "The request that follows.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/ins",
        name: "readInsStatus",
        summary: "How sure the identity of the patient is (INS); never the number.",
        who: FOLLOWERS,
        answer: "InsStatus",
        gives: "The status.",
        ..READ
    },
    Operation {
        method: "PUT",
        path: "/api/v1/requests/{id}/ins",
        name: "sayInsStatus",
        summary: "Says how sure the identity is, by who asked the national service: the number leaves only with notes about a qualified one.",
        who: "the accepter, the partner that raised it",
        body: Some("InsDraft"),
        body_required: true,
        answer: "InsStatus",
        gives: "The status.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/wishes",
        name: "readWishes",
        summary: "What the patient wants of being told and written about, over all their requests in the network.",
        who: INSIDE,
        answer: "Wishes",
        gives: "Those in force.",
        ..READ
    },
    Operation {
        method: "PUT",
        path: "/api/v1/requests/{id}/wishes",
        name: "replaceWishes",
        summary: "Records what the patient wants: exactly these, from the next message on. Journaled.",
        who: "operator, regulator",
        body: Some("WishesDraft"),
        body_required: true,
        answer: "Wishes",
        gives: "Those in force.",
        ..ACT
    },
    Operation {
        method: "PUT",
        path: "/api/v1/requests/{id}/phones",
        name: "correctPhones",
        summary: "Puts a wrong number right: the patient's, or the second one. What is left out stays. The link sent \
                  before opens nothing any more, the right number is told how things stand, and whoever has the patient \
                  is told. Journaled, without the numbers.",
        who: "operator, regulator",
        body: Some("PhonesDraft"),
        body_required: true,
        answer: "PhonesCorrected",
        gives: "What came of it.",
        ..ACT
    },
    Operation {
        path: "/api/v1/requests/{id}/synthesis",
        name: "signSynthesis",
        summary: "Signs the note to the usual doctor, or a correction of it.",
        who: "the accepter",
        body: Some("NoteDraft"),
        body_required: true,
        answer: "SynthesisState",
        gives: "Where the note stands. The same note again changes nothing.",
        ..ACT
    },
    Operation {
        path: "/api/v1/offers",
        name: "listOffers",
        summary: "Lists what one was asked, newest first, without identity.",
        who: "professional",
        answer: "OfferPage",
        gives: "A page of offers.",
        query: &[
            (
                "status",
                "open: what may still be accepted; all: everything.",
            ),
            ("cursor", "The next of the page before."),
            ("limit", "1 to 100."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/offers/{id}",
        name: "readOffer",
        summary: "Shows an offer, without identity; marks it as seen.",
        who: "the professional it was made to",
        answer: "Offer",
        gives: "The offer.",
        ..READ
    },
    Operation {
        path: "/api/v1/offers/{id}/accept",
        name: "acceptOffer",
        summary: "Takes the patient on: the first yes wins. A repeat by the winner answers the same.",
        who: "the professional it was made to",
        body: Some("WithAppointment"),
        body_required: true,
        answer: "AcceptedRequest",
        gives: "The request with the patient's identity.",
        ..ACT
    },
    Operation {
        path: "/api/v1/offers/{id}/refuse",
        name: "refuseOffer",
        summary: "Passes; the reason is never required.",
        who: "the professional it was made to",
        body: Some("Refuse"),
        answer: "Offer",
        gives: "The offer as it became.",
        ..ACT
    },
    Operation {
        path: "/api/v1/me/activity",
        name: "readActivity",
        summary: "One's own terms.",
        who: "professional",
        answer: "Activity",
        gives: "The terms.",
        ..READ
    },
    Operation {
        method: "PUT",
        path: "/api/v1/me/activity",
        name: "replaceActivity",
        summary: "Changes one's own terms; what is left out stays as it is.",
        who: "professional",
        body: Some("ActivityDraft"),
        body_required: true,
        answer: "Activity",
        gives: "The terms as they became.",
        ..ACT
    },
    Operation {
        path: "/api/v1/me/digest",
        name: "readDigest",
        summary: "The digest one asked for: counts of what one was asked, by mail or as a notification.",
        who: "professional",
        answer: "Digest",
        gives: "How often and when, and by which way; null for none.",
        ..READ
    },
    Operation {
        method: "PUT",
        path: "/api/v1/me/digest",
        name: "replaceDigest",
        summary: "Asks for a digest, or for none any more.",
        who: "professional",
        body: Some("DigestDraft"),
        body_required: true,
        answer: "Digest",
        gives: "The digest as it became.",
        ..ACT
    },
    Operation {
        path: "/api/v1/me/figures",
        name: "readOwnFigures",
        summary: "One's own quarter up to now: what was asked and what came of it, and what passed between colleagues.",
        who: "professional",
        answer: "OwnFigures",
        gives: "Counts of requests, each a part of another.",
        ..READ
    },
    Operation {
        path: "/api/v1/me/left-out",
        name: "listLeftOut",
        summary: "Last week's requests of one's profession that were not put to one, newest first, and why; without identity.",
        who: "professional",
        answer: "LeftOutPage",
        gives: "A page of them, and the counts of the whole week.",
        query: &[
            ("cursor", "The next of the page before."),
            ("limit", "1 to 100."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/members/solicitations",
        name: "listSolicitations",
        summary: "What was put to each member of the network over some days, and what they made of it.",
        who: "coordinator of the network",
        answer: "Solicitations",
        gives: "A page of members, and the totals.",
        query: &[
            (
                "from",
                "First civil day, 2026-11-01; thirty days when left out.",
            ),
            ("to", "Last civil day, included; today when left out."),
            ("sort", "asked, least-asked, answered, taken, name."),
            ("cursor", "The next of the page before."),
            ("limit", "1 to 100."),
        ],
        ..READ
    },
    Operation {
        path: "/api/v1/visits",
        name: "countVisits",
        summary: "How the appointments of the last days ended, what patients answered, what nobody closed; without identity.",
        who: INSIDE,
        answer: "Visits",
        gives: "The counts, each with its base.",
        ..READ
    },
    Operation {
        path: "/api/v1/staff",
        name: "listStaff",
        summary: "The accounts of the network's staff, closed ones included, with their last use. Professionals are not staff.",
        who: "coordinator",
        answer: "StaffPage",
        gives: "The accounts.",
        ..READ
    },
    Operation {
        path: "/api/v1/staff/{id}/close",
        name: "closeStaff",
        summary: "Closes an account of the staff: its sessions, streams and tokens end with it. Safe to repeat. Refused for one's own, and for the last coordinator.",
        who: "coordinator",
        body: None,
        status: 200,
        answer: "Staff",
        gives: "The account as it became.",
        ..ACT
    },
    Operation {
        path: "/api/v1/motives",
        name: "listMotives",
        summary: "The closed list of motives.",
        who: "everybody with a token",
        answer: "MotivePage",
        gives: "The motives.",
        ..READ
    },
    Operation {
        path: "/api/v1/protocols",
        name: "listProtocols",
        summary: "The orientation sheets in force, the common trunk first. Written and signed by the territory's clinicians; nothing is computed.",
        who: FOLLOWERS,
        answer: "ProtocolPage",
        gives: "The sheets, without their questions.",
        ..READ
    },
    Operation {
        path: "/api/v1/protocols/{code}",
        name: "readProtocol",
        summary: "One sheet in force with its questions: the answers of `triage.answers` name their keys.",
        who: FOLLOWERS,
        answer: "Protocol",
        gives: "The sheet.",
        ..READ
    },
    Operation {
        path: "/api/v1/communes",
        name: "searchCommunes",
        summary: "Communes by name or postcode.",
        who: "everybody with a token",
        answer: "CommunePage",
        gives: "At most 20 communes.",
        query: &[("q", "The beginning of a name, or a postcode.")],
        ..READ
    },
];
