// Small helps of every form: the error summary takes the focus; one click sends once; a button
// repeats the choice it will do (`data-says` on a radio, `data-echo` on the button); what an answer makes useless
// is not shown.

const summary = document.querySelector("[data-focus]");
if (summary instanceof HTMLElement) summary.focus();

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 4000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});

for (const button of document.querySelectorAll("[data-echo]")) {
  const form = button.closest("form");
  const repeat = () => {
    const chosen = form?.querySelector("input[data-says]:checked");
    const words = chosen?.getAttribute("data-says");
    if (words) button.textContent = words;
  };
  form?.addEventListener("change", repeat);
  repeat();
}

// A question that some answers of another make useless (`data-unless`, its name; `data-values`, those answers)
// is put away while one of them is chosen.
for (const part of document.querySelectorAll("[data-unless]")) {
  const form = part.closest("form");
  const asked = form?.elements.namedItem(part.getAttribute("data-unless") ?? "");
  if (!(part instanceof HTMLElement)) continue;
  if (!(asked instanceof HTMLSelectElement || asked instanceof RadioNodeList)) continue;
  const useless = (part.getAttribute("data-values") ?? "").split(" ");
  const settle = () => { part.hidden = useless.includes(asked.value); };
  form?.addEventListener("change", settle);
  settle();
}

// A launch may be taken back for ten seconds; the server counts them too.
for (const one of document.querySelectorAll("[data-fleeting]")) setTimeout(() => one.remove(), 10_000);
