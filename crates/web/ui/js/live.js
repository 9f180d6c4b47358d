// What moves by itself: an element with `data-live` (address of the event stream) and `data-fragment`
// (address of its own HTML). On a message the fragment is fetched and swapped, focus kept. Nothing
// moves under a pointer or a focus: the swap waits until they leave, except for the counters.
// A stream that is cut is opened again, later and later, never at the same moment as all others; it
// says what it heard last, and hears what it missed. Meanwhile the page says that it is not live.
import { announce, now, put, set } from "./clock.js";
import { refresh } from "./countdown.js";

const DEBOUNCE = 150;
/** A page that must look at everything does so within this: all of them do after a restart. */
const SPREAD = 1000;
/** However long the server was away, every page is back within ten seconds of its return. */
const SLOWEST = 6000;
/** A cut shorter than this is not worth a word: a server that restarts takes as long. */
const PATIENCE = 2500;
/** Without room for a stream, the page asks again this often. */
const POLL = 30000;

/** Between one and one and a half times as long, by chance. @param {number} milliseconds a length */
const about = (milliseconds) => milliseconds * (1 + Math.random() / 2);

/** @type {HTMLElement | null} */
let note = null;

/**
 * Says under the bar that what is shown does not follow, or follows slowly; nothing to say removes it.
 * @param {string} text one or two sentences, or nothing
 */
function say(text) {
  if (!text) { note?.remove(); note = null; return; }
  if (!note) {
    note = document.createElement("p");
    note.className = "cut";
    note.setAttribute("role", "status");
    document.querySelector("header")?.after(note);
  }
  if (note.textContent !== text) { note.textContent = text; announce(text); }
}

/** The hour on the server's clock, in words. */
const hour = () => new Date(now()).toLocaleTimeString("fr-FR", {
  hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone ?? "Europe/Paris",
}).replace(":", "\u00a0h\u00a0");

/**
 * Keeps one part of the page in step with the server.
 * @param {HTMLElement} part the element that carries `data-live` and `data-fragment`
 */
function follow(part) {
  const stream = part.dataset.live ?? "";
  const fragment = part.dataset.fragment ?? "";
  let last = "";
  let tries = 0;
  let retry = 1000;
  /** @type {string} since when what is shown does not follow */
  let since = "";
  /** @type {number | undefined} */
  let timer;
  /** @type {number | undefined} */
  let again;
  /** @type {number | undefined} */
  let patience;
  /** @type {string | null} */
  let held = null;
  /** Which look at the server is the last: an older one that answers later says what was. */
  let looks = 0;
  /** @type {EventSource | undefined} */
  let source;

  const busy = () => {
    const rows = part.querySelector("[data-steady]") ?? part;
    return rows.matches(":hover") || (rows.contains(document.activeElement) && document.activeElement !== document.body);
  };

  /** @param {string} html the new content */
  const swap = (html) => {
    const said = part.querySelector("[data-announce]")?.textContent ?? "";
    const focused = document.activeElement instanceof HTMLElement && part.contains(document.activeElement)
      ? document.activeElement : null;
    const key = focused?.id || focused?.getAttribute("href");
    // A button has no name of its own: it is known by its form.
    const form = focused?.closest("form")?.getAttribute("action");
    const word = focused?.textContent;
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    const scrolled = part.scrollTop;
    put(part, html);
    for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    part.scrollTop = scrolled;
    if (key) {
      const again = part.querySelector(`#${CSS.escape(key)}`) ?? part.querySelector(`[href="${CSS.escape(key)}"]`);
      if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    } else if (form) {
      const twins = part.querySelectorAll(`form[action="${CSS.escape(form)}"] button`);
      const twin = [...twins].find((one) => one.textContent === word) ?? twins[0];
      if (twin instanceof HTMLElement) twin.focus({ preventScroll: true });
    }
    const fresh = part.querySelector("[data-announce]")?.textContent ?? "";
    if (fresh !== said) announce(fresh);
    refresh();
    part.dispatchEvent(new CustomEvent("relais:swapped", { bubbles: true }));
  };

  /** Fetches what stands. @returns {Promise<boolean>} whether it came */
  const update = async () => {
    clearTimeout(timer);
    timer = undefined;
    const look = ++looks;
    try {
      const answer = await fetch(fragment, { headers: { "X-Fragment": "1" }, cache: "no-store" });
      if (answer.status === 401 || answer.redirected) { location.reload(); return false; }
      if (!answer.ok) return false;
      const time = Number(answer.headers.get("X-Now"));
      if (time) set(time);
      const html = await answer.text();
      if (look !== looks) return true;
      if (busy()) { held = html; counters(html); } else { held = null; swap(html); }
      return true;
    } catch { return false; }
  };

  /** Fetches soon, once for all that happens until then; again if it did not come.
   *  @param {number} milliseconds at the latest, about */
  const soon = (milliseconds) => {
    if (timer === undefined) {
      timer = setTimeout(async () => { if (await update()) regained(); else soon(about(retry)); }, milliseconds);
    }
  };

  /** The counters never wait. @param {string} html the new content */
  const counters = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const element of fresh.querySelectorAll("[data-count]")) {
      const old = part.querySelector(`[data-count="${element.getAttribute("data-count")}"]`);
      if (old) { old.textContent = element.textContent; old.closest("a")?.setAttribute("class", element.closest("a")?.className ?? ""); }
    }
    const mine = part.querySelector("[data-mine]");
    if (mine) {
      mine.setAttribute("data-mine", fresh.querySelector("[data-mine]")?.getAttribute("data-mine") ?? "");
      part.dispatchEvent(new CustomEvent("relais:counted", { bubbles: true }));
    }
    announce(fresh.querySelector("[data-announce]")?.textContent ?? "");
    refresh();
  };

  const release = () => { if (held !== null && !busy()) { const html = held; held = null; swap(html); } };
  part.addEventListener("pointerleave", () => setTimeout(release, 300));
  part.addEventListener("focusout", () => setTimeout(release, 300));

  /** What is shown follows again. */
  const regained = () => {
    if (source?.readyState !== EventSource.OPEN) return;
    clearTimeout(patience);
    patience = undefined;
    if (since) announce("Connexion rétablie, la page est à jour.");
    since = "";
    part.removeAttribute("data-cut");
    say("");
  };

  /** The stream is gone. @param {boolean} refused the server answered, but not with a stream */
  const lost = async (refused) => {
    clearTimeout(again);
    if (refused && await update()) {
      clearTimeout(patience);
      patience = undefined;
      part.setAttribute("data-cut", "");
      say("Le direct n’a pas de place pour cette page\u00a0: elle se met à jour toutes les 30\u00a0secondes environ.");
      again = setTimeout(connect, about(POLL));
      return;
    }
    since ||= hour();
    part.setAttribute("data-cut", "");
    patience ??= setTimeout(() => {
      say(`Connexion perdue. Ce qui est affiché date de ${since}\u00a0; la page se remettra à jour d’elle-même.`);
    }, PATIENCE);
    again = setTimeout(connect, about(Math.min(retry * 2 ** tries, SLOWEST)));
    tries += 1;
  };

  const connect = () => {
    clearTimeout(again);
    source?.close();
    const address = new URL(stream, location.href);
    if (last) address.searchParams.set("depuis", last);
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener("hello", (event) => {
      tries = 0;
      retry = Number(JSON.parse(event.data).retry) || retry;
      // With an id: it stands there, and what was missed follows. Without: look at everything.
      const first = !last;
      if (event.lastEventId) { last = event.lastEventId; regained(); }
      // Something may have moved between the page and its first stream.
      if (first) soon(about(DEBOUNCE));
    });
    opened.addEventListener("changed", (event) => { last = event.lastEventId || last; soon(about(DEBOUNCE)); });
    opened.addEventListener("resync", (event) => { last = event.lastEventId || last; soon(Math.random() * SPREAD); });
    for (const name of ["hello", "state"]) {
      opened.addEventListener(name, (event) => {
        document.dispatchEvent(new CustomEvent("relais:state", { detail: event.data }));
      });
    }
    opened.addEventListener("ended", () => { opened.close(); location.reload(); });
    opened.addEventListener("error", () => {
      const refused = opened.readyState === EventSource.CLOSED;
      opened.close();
      void lost(refused);
    });
  };

  addEventListener("pagehide", () => { clearTimeout(again); source?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { connect(); void update(); } });
  addEventListener("online", () => { if (since) { clearTimeout(again); again = setTimeout(connect, Math.random() * SPREAD); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void update(); });
  connect();
}

for (const part of document.querySelectorAll("[data-live]")) {
  if (part instanceof HTMLElement) follow(part);
}
