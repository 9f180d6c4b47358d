// What moves by itself: an element with `data-live` (address of the event stream) and `data-fragment`
// (address of its own HTML). On a message the fragment is fetched and swapped, focus kept. Nothing
// moves under a pointer or a focus: the swap waits until they leave, except for the counters.
import { announce, put, set } from "./clock.js";
import { refresh } from "./countdown.js";

const DEBOUNCE = 150;
const RETRY = [1000, 2000, 5000, 10000];

/**
 * Keeps one part of the page in step with the server.
 * @param {HTMLElement} part the element that carries `data-live` and `data-fragment`
 */
function follow(part) {
  const stream = part.dataset.live ?? "";
  const fragment = part.dataset.fragment ?? "";
  let last = "";
  let tries = 0;
  /** @type {number | undefined} */
  let timer;
  /** @type {string | null} */
  let held = null;
  /** @type {EventSource | undefined} */
  let source;

  const busy = () => {
    const rows = part.querySelector("[data-steady]") ?? part;
    return rows.matches(":hover") || (rows.contains(document.activeElement) && document.activeElement !== document.body);
  };

  /** @param {string} html the new content */
  const swap = (html) => {
    const said = part.querySelector("[data-announce]")?.textContent ?? "";
    const focused = document.activeElement instanceof HTMLElement && part.contains(document.activeElement)
      ? document.activeElement : null;
    const key = focused?.id || focused?.getAttribute("href");
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    const scrolled = part.scrollTop;
    put(part, html);
    for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    part.scrollTop = scrolled;
    if (key) {
      const again = part.querySelector(`#${CSS.escape(key)}`) ?? part.querySelector(`[href="${CSS.escape(key)}"]`);
      if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    }
    const fresh = part.querySelector("[data-announce]")?.textContent ?? "";
    if (fresh !== said) announce(fresh);
    refresh();
    part.dispatchEvent(new CustomEvent("relais:swapped", { bubbles: true }));
  };

  const update = async () => {
    timer = undefined;
    try {
      const answer = await fetch(fragment, { headers: { "X-Fragment": "1" }, cache: "no-store" });
      if (answer.status === 401 || answer.redirected) { location.reload(); return; }
      if (!answer.ok) return;
      const time = Number(answer.headers.get("X-Now"));
      if (time) set(time);
      const html = await answer.text();
      if (busy()) { held = html; counters(html); } else { held = null; swap(html); }
    } catch { /* the stream's own retry will bring us back */ }
  };

  /** The counters never wait. @param {string} html the new content */
  const counters = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const element of fresh.querySelectorAll("[data-count]")) {
      const old = part.querySelector(`[data-count="${element.getAttribute("data-count")}"]`);
      if (old) { old.textContent = element.textContent; old.closest("a")?.setAttribute("class", element.closest("a")?.className ?? ""); }
    }
    announce(fresh.querySelector("[data-announce]")?.textContent ?? "");
    refresh();
  };

  const release = () => { if (held !== null && !busy()) { const html = held; held = null; swap(html); } };
  part.addEventListener("pointerleave", () => setTimeout(release, 300));
  part.addEventListener("focusout", () => setTimeout(release, 300));

  const connect = () => {
    const address = new URL(stream, location.href);
    if (last) address.searchParams.set("depuis", last);
    source = new EventSource(address);
    source.addEventListener("open", () => { if (tries > 0) void update(); tries = 0; part.removeAttribute("data-cut"); });
    source.addEventListener("changed", (event) => {
      last = event.lastEventId || last;
      if (timer === undefined) timer = setTimeout(() => void update(), DEBOUNCE);
    });
    source.addEventListener("ended", () => { source?.close(); location.reload(); });
    source.addEventListener("error", () => {
      source?.close();
      part.setAttribute("data-cut", "");
      setTimeout(connect, RETRY[Math.min(tries, RETRY.length - 1)]);
      tries += 1;
    });
  };

  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { connect(); void update(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void update(); });
  connect();
}

for (const part of document.querySelectorAll("[data-live]")) {
  if (part instanceof HTMLElement) follow(part);
}
