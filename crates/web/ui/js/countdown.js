// Countdowns (`data-until`) and the clock of the bar (`data-time`), on the server's time.
// The words are already in the page; this only keeps them right.
import { announce, manual, now } from "./clock.js";

const NBSP = "\u00a0";
const ANNOUNCED = [15, 5, 1];

/** @type {WeakMap<Element, number>} minutes already said */
const said = new WeakMap();

/**
 * A duration in the words of the design: `41 min`, `1 h 52`.
 * @param {number} milliseconds a positive duration
 * @returns {string} the words
 */
export function words(milliseconds) {
  const minutes = Math.max(0, Math.ceil(milliseconds / 60000));
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${hours}${NBSP}h` : `${hours}${NBSP}h${NBSP}${String(rest).padStart(2, "0")}`;
}

/** @param {Element} element an element with `data-until` */
function tick(element) {
  const until = Number(element.getAttribute("data-until"));
  const left = until - now();
  const minutes = Math.ceil(left / 60000);
  const text = left > 0 ? words(left)
    : left > -60000 ? "à l’instant" : `+${NBSP}${words(-left - 60000 + 1)}`;
  if (element.textContent !== text) element.textContent = text;
  const timer = element.closest("[data-announce-left]");
  if (timer && left > 0 && ANNOUNCED.includes(minutes) && said.get(element) !== minutes) {
    if (said.has(element)) announce(`Il reste ${words(left)}.`);
    said.set(element, minutes);
  } else if (timer && !said.has(element)) {
    said.set(element, -1);
  }
}

/** Moves the baton of a big bar (`data-from`, `data-to`), by steps.
 *  @param {Element} bar an SVG with `data-from` and `data-to` */
function slide(bar) {
  const from = Number(bar.getAttribute("data-from"));
  const to = Number(bar.getAttribute("data-to"));
  const part = Math.min(1, Math.max(0, (now() - from) / (to - from)));
  const percent = `${Math.round(part * 100)}%`;
  bar.querySelector("[data-spent]")?.setAttribute("width", percent);
  bar.querySelector("[data-baton]")?.setAttribute("x", percent);
}

function clock() {
  const text = new Date(now()).toLocaleTimeString("fr-FR", {
    hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone ?? "Europe/Paris",
  });
  for (const element of document.querySelectorAll("[data-time]")) {
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Puts every countdown of the page right. */
export function refresh() {
  for (const element of document.querySelectorAll("[data-until]")) tick(element);
  for (const bar of document.querySelectorAll("[data-from][data-to]")) slide(bar);
  clock();
}

document.documentElement.classList.add("script");
if (!manual) {
  refresh();
  setInterval(refresh, 1000);
}
