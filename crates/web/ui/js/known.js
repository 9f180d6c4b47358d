// The caller who is known: posts what was typed to the form's look-up address (`data-known`) when a whole number was
// typed or the button is pressed, shows the list, and fills the form with whoever is picked. Nothing about anybody is
// kept in the browser, nor put in an address. Without script the same buttons answer with the page.
import { announce, put } from "./clock.js";

/** Digits of a whole French number. */
const WHOLE = 10;

/**
 * Looks callers up for a form.
 * @param {HTMLFormElement} form a form with `data-known` (address) and an element `[data-known-out]`
 */
function know(form) {
  const out = form.querySelector("[data-known-out]");
  const address = form.dataset.known ?? "";
  if (!(out instanceof HTMLElement)) return;
  let last = "";
  /** Which question of ours is the last: what answers an older one comes too late. */
  let turn = 0;

  /** @param {string} [pick] the record picked @returns {Promise<Response | undefined>} the answer */
  const post = async (pick) => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    if (pick) body.append("pick", pick);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" } });
      return answer.ok && !answer.redirected ? answer : undefined;
    } catch { return undefined; }
  };
  const failed = () => {
    const line = document.createElement("p");
    line.className = "small late";
    line.textContent = "La recherche n’a pas répondu. Continuez la saisie, ou rechargez la page pour vous identifier.";
    out.replaceChildren(line);
  };

  const search = async () => {
    const mine = ++turn;
    const answer = await post();
    const html = await answer?.text();
    if (mine !== turn) return;
    const held = out.contains(document.activeElement);
    if (html === undefined) failed(); else put(out, html);
    if (held) out.querySelector("button")?.focus({ preventScroll: true });
  };

  /** The fields as they stand: name and value of each. */
  const standing = () => {
    /** @type {Map<string, string>} */
    const all = new Map();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") all.set(name, value);
    return all;
  };

  /** @param {string} record the record picked */
  const pick = async (record) => {
    const mine = ++turn;
    const before = standing();
    const answer = await post(record);
    if (mine !== turn) return;
    if (!answer) { failed(); return; }
    /** @type {{ fields: Record<string, string> }} */
    const found = await answer.json();
    if (mine !== turn) return;
    const now = standing();
    for (const [name, value] of Object.entries(found.fields)) {
      // Typed while the record was on its way: what the person says now is worth more.
      if ((now.get(name) ?? "") !== (before.get(name) ?? "")) continue;
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) {
        field.value = value;
        const chosen = [...field].find((one) => one instanceof HTMLInputElement && one.checked);
        chosen?.dispatchEvent(new Event("change", { bubbles: true }));
      } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    out.replaceChildren();
    last = digits();
    // One event for all: whoever counts or saves looks at the whole form.
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new CustomEvent("relais:known"));
    announce("Fiche remplie avec ce qui est connu. Vérifiez avec la personne.");
  };

  const digits = () => {
    const phone = form.elements.namedItem("phone");
    return phone instanceof HTMLInputElement ? phone.value.replace(/\D/g, "") : "";
  };

  const name = form.elements.namedItem("birth_name");
  if (digits().length >= WHOLE && name instanceof HTMLInputElement && name.value === "") {
    // The exchange gave the number before anybody typed.
    last = digits();
    void search();
  }

  form.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== "phone") return;
    const number = digits();
    if (number.length < WHOLE || number === last) return;
    last = number;
    void search();
  });
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.hasAttribute("data-known-search")) { event.preventDefault(); void search(); }
    if (button.hasAttribute("data-known-pick")) { event.preventDefault(); void pick(button.value); }
  });
}

for (const form of document.querySelectorAll("form[data-known]")) {
  if (form instanceof HTMLFormElement) know(form);
}
