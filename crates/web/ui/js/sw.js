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
  /** @type {{ title?: string, tag?: string, url?: string }} */
  let said = {};
  try { said = event.data?.json() ?? {}; } catch { /* an empty push still shows something */ }
  event.waitUntil(self.registration.showNotification("Relais", {
    body: said.title ?? "Une demande vous attend.",
    tag: said.tag ?? "relais",
    renotify: Boolean(said.tag),
    data: { url: said.url ?? "/offres" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.url ?? "/offres"));
});
