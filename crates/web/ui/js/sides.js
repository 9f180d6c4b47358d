// The operator's page where there is room for one side only: the call or the board, behind two tabs
// (`data-sides`). Wider, or stacked, both are there and nothing of this is felt. Without script the
// tabs are links, and the address says which side is shown.

const page = document.querySelector("[data-sides]");

/** The side an element stands on. @param {Element | null} element any @returns {string} `call`, `board` or nothing */
const side = (element) => element?.closest("#appel") ? "call" : element?.closest("#tableau") ? "board" : "";

/** @param {string} which the side to show */
function show(which) {
  if (!(page instanceof HTMLElement) || page.dataset.side === which) return;
  page.dataset.side = which;
  for (const tab of page.querySelectorAll(".sides a")) {
    if (side(document.querySelector(tab.getAttribute("href") ?? "")) === which) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

/**
 * Shows the side an element is on, when that is what hides it.
 * @param {Element} element what should be seen
 * @returns {boolean} whether it was hidden, and is seen now
 */
export function reveal(element) {
  const which = side(element);
  if (!(page instanceof HTMLElement) || !which || element.checkVisibility()) return false;
  const before = page.dataset.side ?? "call";
  show(which);
  if (element.checkVisibility()) return true;
  show(before);
  return false;
}

/** The side the address names; the call when it names none. */
function follow() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  show(side(target) || "call");
  // It was hidden when the browser looked for it.
  if (side(target) === "board") target?.scrollIntoView({ block: "nearest" });
}

if (page) {
  follow();
  addEventListener("hashchange", follow);
  // The same counter, the same tab once more: the address does not change.
  page.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
    if (link && link.getAttribute("href") === location.hash) follow();
  });
}
