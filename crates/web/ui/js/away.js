// The page of a service that is interrupted: asks from time to time whether it is back, later and
// later and never all at once, and reloads when it is. Without script, the link does it.

const FIRST = 5000;
const SLOWEST = 30000;

let wait = FIRST;

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
      if (answer.status !== 503) { location.reload(); return; }
    } catch { /* not even the server: ask again */ }
    wait = Math.min(wait * 1.5, SLOWEST);
  }
  setTimeout(() => void look(), wait * (1 + Math.random() / 2));
}

setTimeout(() => void look(), wait * (1 + Math.random() / 2));
