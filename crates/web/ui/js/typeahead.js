// Suggestions while typing (`data-suggest` = address): fills the field's own datalist. Without
// script the field still takes the words as typed; the server recognises them.

const DEBOUNCE = 180;

/** @param {HTMLInputElement} input a field with `data-suggest` and `list` */
function suggest(input) {
  const list = document.getElementById(input.getAttribute("list") ?? "");
  const address = input.dataset.suggest ?? "";
  if (!list) return;
  /** @type {number | undefined} */
  let timer;
  let asked = "";
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 2 || text === asked) return;
    timer = setTimeout(async () => {
      asked = text;
      const url = new URL(address, location.href);
      url.searchParams.set("q", text);
      const profession = input.form?.elements.namedItem("profession");
      if (profession instanceof HTMLSelectElement) url.searchParams.set("profession", profession.value);
      try {
        const answer = await fetch(url);
        if (!answer.ok) return;
        /** @type {{ items: { label: string }[] }} */
        const found = await answer.json();
        // Something else was typed meanwhile: its own answer comes, or came already.
        if (asked !== text) return;
        list.replaceChildren(...found.items.map((item) => {
          const option = document.createElement("option");
          option.value = item.label;
          return option;
        }));
      } catch { /* typed words are enough */ }
    }, DEBOUNCE);
  });
}

for (const input of document.querySelectorAll("input[data-suggest]")) {
  if (input instanceof HTMLInputElement) suggest(input);
}
