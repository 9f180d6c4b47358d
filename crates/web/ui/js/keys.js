// The operator's shortcuts: always with a modifier (WCAG 2.1.4), listed by Alt+?, and possible to
// switch off. Each one presses something that is already in the page (`data-key`).

const OFF = "relais.raccourcis";

/** @returns {boolean} whether shortcuts are on */
const on = () => sessionStorage.getItem(OFF) !== "off";

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

/**
 * What a chord presses: in a panel with keys of its own (`data-keys`) that panel's, elsewhere the page's.
 * @param {string} name the chord
 * @returns {HTMLElement | undefined} what is pressed
 */
function pressed(name) {
  const seen = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].filter((one) => one instanceof HTMLElement && one.checkVisibility());
  const own = seen.filter((one) => one.closest("[data-keys]")?.contains(document.activeElement));
  const target = own[0] ?? seen.find((one) => !one.closest("[data-keys]"));
  return target instanceof HTMLElement ? target : undefined;
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
  next?.focus();
}

function help() {
  const dialog = document.getElementById("raccourcis");
  if (dialog instanceof HTMLDialogElement) {
    if (dialog.open) dialog.close(); else dialog.showModal();
  }
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey && !event.ctrlKey) return;
  if (event.altKey && event.key === "?") { event.preventDefault(); help(); return; }
  if (!on()) return;
  const name = chord(event);
  if (name === "Alt+ArrowUp" || name === "Alt+ArrowDown") { event.preventDefault(); move(name === "Alt+ArrowUp" ? -1 : 1); return; }
  if (name === "Alt+Enter") {
    const row = document.querySelector(".live tr.sel .what a");
    if (row instanceof HTMLAnchorElement) { event.preventDefault(); row.click(); }
    return;
  }
  const target = pressed(name);
  if (!target) return;
  event.preventDefault();
  const panel = target.parentElement;
  if (target.matches("summary") && panel instanceof HTMLDetailsElement) {
    // What is opened is there to be filled.
    panel.open = true;
    const first = panel.querySelector("select,input,textarea");
    if (first instanceof HTMLElement) first.focus(); else target.focus();
    panel.scrollIntoView({ block: "nearest" });
  } else if (target.matches("a,button")) target.click();
  else { target.focus(); target.scrollIntoView({ block: "nearest" }); }
});

const toggle = document.getElementById("raccourcis-actifs");
if (toggle instanceof HTMLInputElement) {
  toggle.checked = on();
  toggle.addEventListener("change", () => {
    if (toggle.checked) sessionStorage.removeItem(OFF); else sessionStorage.setItem(OFF, "off");
  });
}
