// The red-flag questions one at a time: the next one always in view, answered by Alt+O, Alt+N or
// Alt+S. Without script they are all shown: the form is the same. A question not asked stays
// unanswered; it never becomes a "non".

/**
 * Shows one question at a time.
 * @param {HTMLElement} list the list of questions
 */
function ask(list) {
  const items = [...list.querySelectorAll("li")];
  const progress = document.querySelector("[data-triage-progress]");
  const review = document.querySelector("[data-triage-review]");
  let all = false;

  /** @param {Element} item one question @returns {HTMLInputElement | null} its answer */
  const answer = (item) => item.querySelector("input:checked");
  /** A yes that leads to the 15 ends the questions. @param {Element} item one question */
  const stops = (item) => !item.classList.contains("mr") && answer(item)?.value === "yes";

  const show = () => {
    const stop = items.find(stops);
    const next = all ? undefined : stop ?? items.find((item) => !answer(item));
    const done = items.filter((item) => answer(item)).length;
    list.classList.toggle("one", !all);
    for (const item of items) item.classList.toggle("now", item === next);
    if (progress) {
      const yes = items.filter(stops).length;
      const unknown = items.filter((item) => answer(item)?.value === "unknown" || (item.classList.contains("mr") && answer(item)?.value === "yes")).length;
      progress.textContent = done < items.length && yes === 0
        ? `Question ${done + 1} sur ${items.length}`
        : yes > 0 ? `${yes} signe${yes > 1 ? "s" : ""} d’alerte`
        : unknown > 0 ? "Avis du médecin régulateur avant de lancer"
        : `Aucun des ${items.length} signes d’alerte`;
    }
    if (review instanceof HTMLElement) {
      review.hidden = done === 0;
      review.textContent = all ? "Une question à la fois" : "Revoir les réponses";
    }
    return next;
  };

  // An arrow key moves from one answer to the next: the question stays until another key or a click.
  let arrow = false;
  list.addEventListener("keydown", (event) => { arrow = event.key.startsWith("Arrow"); });
  list.addEventListener("pointerdown", () => { arrow = false; });
  list.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && list.querySelector("li.now input:checked")) {
      event.preventDefault();
      arrow = false;
      const next = show();
      if (next && !answer(next)) next.querySelector("input")?.focus({ preventScroll: true });
    }
  });
  list.addEventListener("change", (event) => {
    if (arrow) return;
    const held = event.target instanceof Element && list.contains(event.target);
    const next = show();
    if (held && next && !all && !answer(next)) next.querySelector("input")?.focus({ preventScroll: true });
  });
  review?.addEventListener("click", () => { all = !all; show(); });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey) return;
    const value = { KeyO: "yes", KeyN: "no", KeyS: "unknown" }[event.code];
    if (!value) return;
    const item = items.find((one) => !answer(one));
    const input = item?.querySelector(`input[value="${value}"]`);
    if (!(input instanceof HTMLInputElement)) return;
    event.preventDefault();
    arrow = false;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });

  show();
}

for (const list of document.querySelectorAll("[data-triage]")) {
  if (list instanceof HTMLElement) ask(list);
}
