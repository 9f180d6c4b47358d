// The operator's shortcuts: always with a modifier (WCAG 2.1.4), listed by Alt+?, each of them possible
// to change, all of them to switch off, on this desk. Each one presses something that is already in
// the page (`data-key`).
import { reveal } from "./sides.js";

const OFF = "relais.raccourcis";
const OWN = "relais.touches";
/** What the browser keeps for itself: a page never hears of it. */
const KEPT = ["Ctrl+KeyN", "Ctrl+KeyT", "Ctrl+KeyW", "Ctrl+KeyR", "Ctrl+Tab", "Alt+Tab", "Alt+F4", "Alt+ArrowLeft", "Alt+ArrowRight"];
/** What a form is written with. */
const WRITING = ["Ctrl+KeyA", "Ctrl+KeyC", "Ctrl+KeyV", "Ctrl+KeyX", "Ctrl+KeyZ"];

/** @param {string} name of a setting @returns {string | null} what this desk keeps */
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
/** @param {string} name of a setting @param {string | null} value what to keep; nothing forgets it */
const keep = (name, value) => { try { if (value === null) localStorage.removeItem(name); else localStorage.setItem(name, value); } catch { /* for this page only */ } };

let off = kept(OFF) === "off";

/** The keys of this desk, by the chord the page is written with. @type {Map<string, string>} */
const own = new Map();
try {
  for (const [key, mine] of Object.entries(JSON.parse(kept(OWN) ?? "{}"))) if (typeof mine === "string") own.set(key, mine);
} catch { /* somebody else wrote there: the keys as they are */ }

/**
 * The name of a chord, as written in `data-key`. A letter is the one printed on the key, which French
 * keyboards do not have where others do; everything else, and a letter that Alt turned into a sign,
 * goes by its place.
 * @param {KeyboardEvent} event the key press
 * @returns {string} for example `Alt+KeyC`
 */
function chord(event) {
  const place = /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.code;
  return `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${place}`;
}

/** @param {string} name a chord @returns {string} as one reads it: `Alt C` */
const words = (name) => name.split("+").map((part) => ({ ArrowUp: "↑", ArrowDown: "↓", Enter: "⏎", Space: "Espace" })[part] ?? part.replace(/^(Key|Digit|Numpad)(?=.)/, "")).join(" ");

/** @param {string} pressed_ a chord @returns {string} the one of the page it stands for; nothing when it was given away */
function meant(pressed_) {
  for (const [key, mine] of own) if (mine === pressed_) return key;
  return own.has(pressed_) ? "" : pressed_;
}

/** @param {string} name the chord @returns {HTMLElement[]} what carries it, in order */
const carriers = (name) => [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].filter((one) => one instanceof HTMLElement);

/**
 * What a chord presses: in a panel with keys of its own (`data-keys`) that panel's, elsewhere the page's.
 * @param {string} name the chord
 * @returns {HTMLElement | undefined} what is pressed
 */
function pressed(name) {
  const seen = carriers(name).filter((one) => one.checkVisibility());
  const mine = seen.filter((one) => one.closest("[data-keys]")?.contains(document.activeElement));
  const others = seen.filter((one) => !one.closest("[data-keys]"));
  // A field of this page before the way to another page's.
  return mine[0] ?? others.find((one) => one.matches("input")) ?? others[0];
}

/** @returns {HTMLAnchorElement[]} the links of the board's rows, in order */
const rows = () => [...document.querySelectorAll(".live tr.r .what a")].filter((one) => one instanceof HTMLAnchorElement);

/** @param {number} step -1 up, 1 down */
function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((one) => one.closest("tr")?.classList.contains("sel"));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  for (const one of all) one.closest("tr")?.classList.toggle("sel", one === next);
  if (next) { reveal(next); next.focus(); }
}

/** @param {HTMLElement} target what a chord found */
function act(target) {
  const panel = target.parentElement;
  if (target.matches("summary") && panel instanceof HTMLDetailsElement) {
    // What is opened is there to be filled.
    panel.open = true;
    const first = panel.querySelector("select,input,textarea");
    if (first instanceof HTMLElement) first.focus(); else target.focus();
    panel.scrollIntoView({ block: "nearest" });
  } else if (target.dataset.keyTo) location.assign(target.dataset.keyTo);
  else if (target.matches("a,button")) target.click();
  else { target.focus(); target.scrollIntoView({ block: "nearest" }); }
}

const dialog = document.getElementById("raccourcis");

function help() {
  if (dialog instanceof HTMLDialogElement) {
    if (dialog.open) dialog.close(); else dialog.showModal();
  }
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey && !event.ctrlKey) return;
  if (event.altKey && event.key === "?") { event.preventDefault(); help(); return; }
  if (off) return;
  const name = meant(chord(event));
  if (name === "Alt+ArrowUp" || name === "Alt+ArrowDown") { event.preventDefault(); move(name === "Alt+ArrowUp" ? -1 : 1); return; }
  if (name === "Alt+Enter") {
    const row = document.querySelector(".live tr.sel .what a");
    if (row instanceof HTMLAnchorElement) { event.preventDefault(); row.click(); }
    return;
  }
  const target = pressed(name);
  if (target) { event.preventDefault(); act(target); return; }
  // On the side that is not shown: nothing is pressed unseen.
  const away = carriers(name).find((one) => reveal(one));
  if (away) { event.preventDefault(); away.focus(); away.scrollIntoView({ block: "nearest" }); }
});

// A key of another page led to this field.
const led = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
if (led?.matches("input[data-key]")) led.focus();

const toggle = document.getElementById("raccourcis-actifs");
if (toggle instanceof HTMLInputElement) {
  toggle.checked = !off;
  toggle.addEventListener("change", () => { off = !toggle.checked; keep(OFF, off ? "off" : null); });
}

/** Writes this desk's keys where the page shows them. */
function label() {
  for (const one of document.querySelectorAll("[data-key]")) {
    const key = one.getAttribute("data-key") ?? "";
    const place = one.querySelector(".kbd") ?? (one.nextElementSibling?.matches(".kbd") ? one.nextElementSibling : null);
    if (place && !place.matches("[data-chord]")) write(place, key);
  }
  for (const one of document.querySelectorAll("[data-chord]")) write(one, one.getAttribute("data-chord") ?? "");
}

/** @param {Element} place where @param {string} key the chord of the page */
function write(place, key) {
  const text = words(own.get(key) ?? key);
  if (place.textContent !== text) place.textContent = text;
}

let watched = false;
/** Keys other than the page's are written again whenever something of it is replaced. */
function watch() {
  label();
  if (watched || own.size === 0) return;
  watched = true;
  new MutationObserver(label).observe(document.body, { childList: true, subtree: true });
}
watch();

/** The list of the keys, where each may be given another. @param {HTMLElement} list it */
function settle(list) {
  const said = list.querySelector("[data-chord-said]");
  const buttons = [...list.querySelectorAll("button[data-chord]")].filter((one) => one instanceof HTMLButtonElement);
  /** @type {HTMLButtonElement | null} the one that waits for its new key */
  let waits = null;
  /** @param {string} text what to say of it */
  const say = (text) => { if (said) said.textContent = text; };
  const store = () => { keep(OWN, own.size > 0 ? JSON.stringify(Object.fromEntries(own)) : null); watch(); };
  /** @param {HTMLElement} button one of the list @returns {string} what it does, in words */
  const does = (button) => button.closest("[data-does]")?.getAttribute("data-does") ?? button.closest("dt")?.nextElementSibling?.textContent ?? "";
  const over = () => { waits?.removeAttribute("aria-pressed"); waits = null; };

  /** @param {HTMLButtonElement} button of a key @param {string} mine its new chord @returns {string} why not, or nothing */
  const refused = (button, mine) => {
    if (!/^(Ctrl|Alt)\+/.test(mine)) return "Il faut Alt ou Ctrl avec la touche\u00a0: seule, elle partirait pendant que vous tapez.";
    if (KEPT.includes(mine)) return `Le navigateur garde ${words(mine)} pour lui.`;
    if (WRITING.includes(mine)) return `${words(mine)} sert à écrire.`;
    const other = buttons.find((one) => one !== button && (own.get(one.dataset.chord ?? "") ?? one.dataset.chord) === mine);
    return other ? `${words(mine)} sert déjà\u00a0: ${does(other)}.` : "";
  };

  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.dataset.chord) {
      over();
      button.focus();
      waits = button;
      button.setAttribute("aria-pressed", "true");
      say(`${does(button)}\u00a0: appuyez sur la nouvelle touche, avec Alt ou Ctrl. Échap la laisse comme elle est.`);
    }
    if (button.hasAttribute("data-chord-both") || button.hasAttribute("data-chord-back")) {
      over();
      own.clear();
      if (button.hasAttribute("data-chord-both")) for (const { dataset } of buttons) if (dataset.chord?.startsWith("Alt+")) own.set(dataset.chord, `Ctrl+${dataset.chord}`);
      store();
      say(own.size > 0 ? "Toutes les touches se font avec Ctrl Alt." : "Les touches d’origine sont revenues.");
    }
  });
  list.addEventListener("focusout", over);
  list.addEventListener("keydown", (event) => {
    if (!waits || ["Alt", "Control", "Shift", "Meta", "AltGraph"].includes(event.key)) return;
    // Where one is in the list goes on as everywhere.
    if (event.key === "Tab") { over(); return; }
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    const button = waits;
    if (event.key === "Escape") { over(); say("Rien n’a changé."); return; }
    const mine = chord(event);
    const why = refused(button, mine);
    if (why) { say(why); return; }
    const key = button.dataset.chord ?? "";
    if (mine === key) own.delete(key); else own.set(key, mine);
    over();
    store();
    say(`${does(button)}\u00a0: ${words(mine)}.`);
  });
}

const list = document.querySelector("[data-chords]");
if (list instanceof HTMLElement) settle(list);
