// The line under the bar that says what is wrong with the service. It comes whole with the events
// `hello` and `state` of the page's stream, so that it can be said when nothing can be fetched; a page
// that follows nothing else opens a stream for it.
import { put } from "./clock.js";

const RETRY = 5000;
const SLOWEST = 60000;

const line = document.querySelector("[data-state]");
/** @type {string | null} what was put last */
let said = null;

/** @param {string} data what the event carried */
function show(data) {
  if (!line) return;
  const html = JSON.parse(data).state ?? "";
  // Said once: a region that is filled again with the same words would be read again.
  if (said === html || line.innerHTML === html) return;
  said = html;
  put(line, html);
}

/** @param {number} wait milliseconds before a stream that was cut is opened again */
function listen(wait) {
  const source = new EventSource(/** @type {HTMLElement} */ (line).dataset.state ?? "");
  source.addEventListener("hello", (event) => { wait = RETRY; show(event.data); });
  source.addEventListener("state", (event) => show(event.data));
  source.addEventListener("ended", () => { source.close(); location.reload(); });
  source.addEventListener("error", () => {
    source.close();
    setTimeout(() => listen(Math.min(wait * 2, SLOWEST)), wait * (1 + Math.random()));
  });
  addEventListener("pagehide", () => source.close(), { once: true });
}

if (line) {
  document.addEventListener("relais:state", (event) => {
    if (event instanceof CustomEvent) show(event.detail);
  });
  if (!document.querySelector("[data-live]")) listen(RETRY);
}
