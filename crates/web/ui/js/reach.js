// The live count: posts the request form to its preview address while it is filled in, and shows
// the answer. Nothing is stored by that address.
import { put } from "./clock.js";

const DEBOUNCE = 350;

/**
 * Addresses a form to another profession, as the list or the buttons of the form would.
 * @param {HTMLFormElement} form the form
 * @param {string} code the profession
 */
function turn(form, code) {
  const asked = form.elements.namedItem("profession");
  const other = form.elements.namedItem("other_profession");
  if (asked instanceof HTMLSelectElement) {
    asked.value = code;
    asked.focus();
    asked.dispatchEvent(new Event("input", { bubbles: true }));
    asked.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (asked instanceof RadioNodeList) {
    asked.value = code;
    if (asked.value !== code && other instanceof HTMLSelectElement) {
      asked.value = "other";
      other.value = code;
    }
    for (const radio of asked) {
      if (!(radio instanceof HTMLInputElement) || !radio.checked) continue;
      radio.focus();
      radio.dispatchEvent(new Event("input", { bubbles: true }));
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

/**
 * Keeps the count of a form in step with its fields.
 * @param {HTMLFormElement} form a form with `data-reach` (address) and an element `[data-reach-out]`
 */
function count(form) {
  const out = form.querySelector("[data-reach-out]");
  const address = form.dataset.reach ?? "";
  if (!(out instanceof HTMLElement)) return;
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let running;

  /** Shows a count; the keyboard stays on the button it was on. @param {string} html the count */
  const take = (html) => {
    const active = document.activeElement;
    const held = active instanceof HTMLButtonElement && out.contains(active) ? active.value : null;
    put(out, html);
    if (held === null) return;
    const twin = [...out.querySelectorAll("button")].find((button) => button.value === held);
    (twin ?? out.querySelector("button"))?.focus({ preventScroll: true });
  };

  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" }, signal: running.signal });
      if (answer.ok) take(await answer.text());
    } catch { /* a newer count is on its way, or the network is back soon */ }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), DEBOUNCE);
  });
  // Another profession: the care kept from the last request, folded away, is not hers.
  form.addEventListener("change", (event) => {
    const changed = event.target;
    const asked = form.elements.namedItem("profession");
    const care = form.elements.namedItem("care_type");
    if (!(asked instanceof RadioNodeList) || !(care instanceof HTMLSelectElement)) return;
    if ((changed instanceof HTMLInputElement && changed.name === "profession") || (changed instanceof HTMLSelectElement && changed.name === "other_profession")) care.value = "";
  });
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-towards]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    turn(form, button.value);
  });
  form.addEventListener("relais:count", () => void ask());
  void ask();
}

for (const form of document.querySelectorAll("form[data-reach]")) {
  if (form instanceof HTMLFormElement) count(form);
}
