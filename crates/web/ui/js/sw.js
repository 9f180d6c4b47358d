// The service worker: keeps the style and the fonts only, never a page, never a person; and always
// shows a notification, replaced by tag when the request is taken by somebody else.

const SHELL = "relais-__HASH__";
const FILES = ["relais.css", "fonts/bricolage-grotesque-latin.woff2", "fonts/atkinson-next-latin.woff2"]
  .map((name) => `/assets/__HASH__/${name}`);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});

self.addEventListener("push", (event) => {
  /** @type {{ key?: string, title?: string, text?: string, tag?: string, replaces?: boolean, url?: string }} */
  let said = {};
  try { said = event.data?.json() ?? {}; } catch { /* an empty push still shows something */ }
  event.waitUntil((async () => {
    await self.registration.showNotification(said.title ?? "Relais", {
      body: said.text ?? "Une demande vous attend.",
      tag: said.tag ?? "relais",
      renotify: !said.replaces,
      data: { url: said.url ?? "/offres" },
    });
    if (said.key && await tell("/notifications/recue", { key: said.key })) {
      for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ seen: true });
    }
  })());
});

// The browser's own address at the push service changed: it is told at once, else nothing arrives.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const options = event.oldSubscription?.options ?? (await self.registration.pushManager.getSubscription())?.options;
    const made = event.newSubscription ?? (options && await self.registration.pushManager.subscribe(options));
    if (!made) return;
    const { keys } = made.toJSON();
    await tell("/notifications", { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "", label: "Appareil renouvelé" });
  })());
});

/** Whether the server heard it, from a browser that could name itself.
 *  @param {string} path @param {Record<string, string>} values */
async function tell(path, values) {
  const endpoint = (await self.registration.pushManager.getSubscription())?.endpoint ?? "";
  const body = new URLSearchParams({ endpoint, ...values });
  // Without an answer the SMS follows: nothing to do here.
  const answer = await fetch(path, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  return endpoint !== "" && Boolean(answer?.ok);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.url ?? "/offres"));
});
