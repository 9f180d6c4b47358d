// Registers the service worker, so that a notification can be shown while no page is open.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => { /* notifications then come by SMS */ });
}
