// The live count: posts the request form to its preview address while it is filled in, and shows
// the answer. Nothing is stored by that address.
import { put } from "./clock.js";

const DEBOUNCE = 350;

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

  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" }, signal: running.signal });
      if (answer.ok) put(out, await answer.text());
    } catch { /* a newer count is on its way, or the network is back soon */ }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), DEBOUNCE);
  });
  form.addEventListener("relais:count", () => void ask());
  void ask();
}

for (const form of document.querySelectorAll("form[data-reach]")) {
  if (form instanceof HTMLFormElement) count(form);
}
