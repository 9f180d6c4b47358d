// A button that may not be used yet (`data-wait`, milliseconds UTC by the server's clock) says in how many
// seconds it may, and waits until then. The server refuses earlier all the same.
import { manual, now } from "./clock.js";

for (const button of document.querySelectorAll("button[data-wait]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const from = Number(button.getAttribute("data-wait"));
  const word = button.textContent ?? "";
  const tick = () => {
    const left = Math.ceil((from - now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${word} dans ${left}\u00a0s` : word;
    if (left > 0) setTimeout(tick, 1000);
  };
  // Where the clock is moved by hand, nothing would end the wait on the page.
  if (!manual) tick();
}
