// The severity questions follow the motive and the age: fetched again when one of them changes, the
// answers given to the common ones kept. Without script, a button shows them; the form is the same.
import { put } from "./clock.js";

/** @param {HTMLFormElement} form a form with `data-sheet` (address) and an element `[data-severity]` */
function follow(form) {
  const out = form.querySelector("[data-severity]");
  const address = form.dataset.sheet ?? "";
  if (!(out instanceof HTMLElement)) return;
  /** @type {AbortController | undefined} */
  let running;

  /** @param {HTMLInputElement} one a box or a choice @returns {string} what it is, whatever page it stands on */
  const key = (one) => `${one.name}=${one.value}`;
  const all = () => [...out.querySelectorAll("input")].filter((one) => one.type === "checkbox" || one.type === "radio");

  /** The questions as they come back, with what was ticked while they were on their way, and the keyboard where it was.
   *  @param {string} html the questions */
  const take = (html) => {
    const ticked = new Map(all().map((one) => [key(one), one.checked]));
    const active = document.activeElement;
    const held = active instanceof HTMLInputElement && out.contains(active) ? key(active) : "";
    const open = [...out.querySelectorAll("details")].map((one) => one.open);
    put(out, html);
    for (const [index, one] of [...out.querySelectorAll("details")].entries()) one.open ||= open[index] ?? false;
    for (const one of all()) one.checked = ticked.get(key(one)) ?? one.checked;
    if (held) all().find((one) => key(one) === held)?.focus({ preventScroll: true });
  };

  form.addEventListener("change", async (event) => {
    const name = event.target instanceof HTMLInputElement ? event.target.name : "";
    if (name !== "motive" && name !== "birth_date") return;
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (typeof value === "string") body.append(key, value);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" }, signal: running.signal });
      if (answer.ok) take(await answer.text());
    } catch { /* a newer motive is on its way; the server asks again anyway */ }
  });
}

for (const form of document.querySelectorAll("form[data-sheet]")) {
  if (form instanceof HTMLFormElement) follow(form);
}
