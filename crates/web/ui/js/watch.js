// A page that waits for somebody's answer (`data-watch`) looks for it by itself, and shows it when its heading changes.
// Nothing is lost of what is being chosen: a page with a file in it waits for its owner.

const EVERY = 10_000;
const main = document.querySelector("[data-watch]");

async function look() {
  if (!main || document.hidden) return;
  const answer = await fetch(location.pathname, { redirect: "manual" }).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news = page.querySelector("h1")?.textContent;
  const busy = [...main.querySelectorAll("input[type=file]")]
    .some((field) => field instanceof HTMLInputElement && (field.files?.length ?? 0) > 0);
  if (news && news !== main.querySelector("h1")?.textContent && !busy) location.reload();
}

if (main) {
  setInterval(look, EVERY);
  addEventListener("visibilitychange", look);
}
