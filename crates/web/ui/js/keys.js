// The operator's shortcuts: always with a modifier (WCAG 2.1.4), listed by Alt+?, and possible to
// switch off. Each one presses something that is already in the page (`data-key`).

const OFF = "relais.raccourcis";

/** @returns {boolean} whether shortcuts are on */
const on = () => sessionStorage.getItem(OFF) !== "off";

/**
 * The name of a chord, as written in `data-key`.
 * @param {KeyboardEvent} event the key press
 * @returns {string} for example `Alt+KeyC`
 */
function chord(event) {
  return `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.code}`;
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
  const targets = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].filter((one) => one instanceof HTMLElement && one.offsetParent !== null);
  const target = targets[0];
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  if (target.matches("a,button,summary")) { target.click(); if (target.matches("summary")) target.focus(); } else { target.focus(); target.scrollIntoView({ block: "nearest" }); }
});

const toggle = document.getElementById("raccourcis-actifs");
if (toggle instanceof HTMLInputElement) {
  toggle.checked = on();
  toggle.addEventListener("change", () => {
    if (toggle.checked) sessionStorage.removeItem(OFF); else sessionStorage.setItem(OFF, "off");
  });
}
