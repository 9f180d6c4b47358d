// The server's clock, as seen from this page.

const started = performance.now();
const root = document.documentElement;
const served = Number(root.dataset.now ?? Date.now());

/** Whether the demonstration's clock is moved by hand: then time stands still between two pages. */
export const manual = root.dataset.clock === "manual";

let offset = served;

/**
 * The server's time now.
 * @returns {number} milliseconds UTC
 */
export function now() {
  return manual ? offset : offset + (performance.now() - started);
}

/**
 * Sets the clock again from a fresher page or fragment.
 * @param {number} milliseconds the server's time, UTC
 */
export function set(milliseconds) {
  offset = manual ? milliseconds : milliseconds - (performance.now() - started);
}

/**
 * Says something politely to assistive technology, once.
 * @param {string} text one sentence
 */
export function announce(text) {
  const region = document.getElementById("annonce");
  if (region && text && region.textContent !== text) region.textContent = text;
}

/**
 * Puts server-rendered HTML in place of an element's content. The HTML comes from our own origin
 * and was escaped there; scripts in it would not run (and the policy forbids them).
 * @param {Element} element where
 * @param {string} html what
 */
export function put(element, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  element.replaceChildren(...parsed.body.childNodes);
}
