// Agreeing to notifications on this browser: asks it for a subscription under our key, and sends it
// with the form. Says what this browser cannot do instead of offering it, and when the trial
// was seen.

const form = document.querySelector("form[data-push]");
const show = (name) => document.querySelector(`[data-push-${name}]`)?.removeAttribute("hidden");

/** @param {string} text base64url */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function label() {
  const agent = navigator.userAgent;
  const place = /iPhone/.test(agent) ? "iPhone" : /iPad/.test(agent) ? "iPad"
    : /Android/.test(agent) ? "Téléphone Android" : "Ordinateur";
  const name = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox"
    : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "navigateur";
  return `${place}, ${name}`;
}

/** @param {HTMLFormElement} form @param {PushSubscription} subscription */
function fill(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const values = { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, label: label() };
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value ?? "";
  }
}

async function start() {
  if (!(form instanceof HTMLFormElement)) return;
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) { show("none"); return; }
  const worker = await navigator.serviceWorker.register("/sw.js");
  if (Notification.permission === "denied") { show("denied"); return; }
  const known = await worker.pushManager.getSubscription();
  if (known && Notification.permission === "granted") {
    show("on");
    // The push service may have moved it: what is known here is told again.
    fill(form, known);
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    await fetch("/notifications", { method: "POST", body, redirect: "manual" });
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const key = form.getAttribute("data-push") ?? "";
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
      fill(form, made);
      form.submit();
    } catch {
      show(Notification.permission === "denied" ? "denied" : "none");
    }
  });
}

// A trial was seen: the page says so by itself.
if (document.querySelector("[data-push-waits]")) {
  navigator.serviceWorker?.addEventListener("message", (event) => {
    if (event.data?.seen) location.replace("/notifications");
  });
}

start().catch(() => show("none"));
