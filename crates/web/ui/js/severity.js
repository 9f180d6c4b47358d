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
  form.addEventListener("change", async (event) => {
    const name = event.target instanceof HTMLInputElement ? event.target.name : "";
    if (name !== "motive" && name !== "birth_date") return;
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (typeof value === "string") body.append(key, value);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" }, signal: running.signal });
      if (answer.ok) put(out, await answer.text());
    } catch { /* a newer motive is on its way; the server asks again anyway */ }
  });
}

for (const form of document.querySelectorAll("form[data-sheet]")) {
  if (form instanceof HTMLFormElement) follow(form);
}
