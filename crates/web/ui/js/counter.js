// The counter of patients one still sees: taps are counted here, and sent once the thumb rests. Without script each
// tap is sent by itself.

const REST = 700;

for (const form of document.querySelectorAll("form[data-counter]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  const kept = form.elements.namedItem("reste");
  const shown = form.querySelector("output");
  const less = form.querySelector("button[value=moins]");
  const more = form.querySelector("button[value=plus]");
  if (!(kept instanceof HTMLInputElement && shown && less instanceof HTMLButtonElement && more instanceof HTMLButtonElement)) continue;
  const most = Number(form.getAttribute("data-counter"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const send = () => {
    resting = undefined;
    const act = document.createElement("input");
    Object.assign(act, { type: "hidden", name: "faire", value: "poser" });
    form.append(act);
    form.submit();
  };
  /** @param {number} step one more, or one fewer */
  const tap = (step) => {
    const left = Math.min(most, Math.max(0, Number(kept.value) + step));
    kept.value = shown.textContent = String(left);
    shown.classList.remove("free");
    less.disabled = left === 0;
    more.disabled = left === most;
    clearTimeout(resting);
    resting = setTimeout(send, REST);
  };
  less.addEventListener("click", (event) => { event.preventDefault(); tap(-1); });
  more.addEventListener("click", (event) => { event.preventDefault(); tap(1); });
  // Whoever leaves the page at once is heard too.
  addEventListener("pagehide", () => {
    if (resting === undefined) return;
    clearTimeout(resting);
    const hour = form.elements.namedItem("quota_until");
    const until = hour instanceof HTMLInputElement ? hour.value : "";
    const body = new URLSearchParams({ faire: "poser", reste: kept.value, quota_until: until });
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => undefined);
  });
}
