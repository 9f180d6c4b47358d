// The call in progress: one question after another without a new page, every field kept within two
// seconds of being typed, the length of the call. Without script each answer is a page: the form is
// the same. What is being typed is never replaced by what comes back.
import { announce, manual, now, put } from "./clock.js";

const QUIET = 900;

/** @param {HTMLFormElement} form the form of the call */
function follow(form) {
  const panel = form.parentElement ?? document.body;
  /** One exchange at a time: each needs the version the one before answered. */
  let turn = Promise.resolve();
  /** @type {number | undefined} */
  let timer;
  let dirty = false;
  let stopped = false;
  /** The form leaves for another page: what would still follow has nothing more to ask, and would move the call under it. */
  let gone = false;

  /** @param {string} name a hidden field @returns {HTMLInputElement | null} it */
  const hidden = (name) => form.querySelector(`input[type=hidden][name="${name}"]`);
  /** @param {string} name a hidden field @param {string} value its value */
  const set = (name, value) => { const field = hidden(name); if (field) field.value = value; };

  /** @param {HTMLElement | null} [pressed] the button that sends it @returns {URLSearchParams} the form */
  const body = (pressed) => {
    const all = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") all.append(name, value);
    if (pressed instanceof HTMLButtonElement && pressed.name) all.append(pressed.name, pressed.value);
    return all;
  };

  /** @param {string} name a question's field @param {string} value an answer @returns {string} the selector of its choice */
  const radio = (name, value) => `#call-answers input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;

  /** @param {string} text how it is kept, in words */
  const say = (text) => {
    const place = form.querySelector("[data-kept]");
    if (place && place.textContent !== text) place.textContent = text;
  };

  /** @param {string} detail why this page is no longer the one that keeps the call */
  const clash = (detail) => {
    stopped = true;
    const place = form.querySelector("#call-clash");
    if (!place) return;
    const note = document.createElement("div");
    note.className = "note";
    note.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = detail;
    const row = document.createElement("p");
    row.className = "row";
    const mine = document.createElement("button");
    mine.className = "btn btn--s";
    mine.type = "submit";
    mine.name = "anyway";
    mine.value = "oui";
    mine.setAttribute("formaction", "/direct/suite");
    mine.textContent = "Garder ce qui est affiché ici";
    const theirs = document.createElement("a");
    theirs.className = "btn btn--s";
    theirs.href = "/direct";
    theirs.textContent = "Reprendre ce qui a été gardé";
    row.append(mine, " ", theirs);
    note.append(text, row);
    place.replaceChildren(note);
  };

  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    turn = turn.then(async () => {
      if (!dirty || stopped) return;
      dirty = false;
      try {
        const answer = await fetch("/direct/garder", { method: "POST", body: body() });
        if (!answer.ok) { dirty = true; say("pas encore gardé"); return; }
        /** @type {{ contact?: string, version?: number, kept?: string, clash?: string }} */
        const kept = await answer.json();
        if (kept.clash) { clash(kept.clash); return; }
        const opened = Boolean(kept.contact) && hidden("contact")?.value === "";
        if (kept.contact) set("contact", kept.contact);
        if (kept.version !== undefined) set("version", String(kept.version));
        if (kept.kept) say(kept.kept);
        // From now on the call can wait for another: the panel shows it.
        if (opened) next(null);
      } catch { dirty = true; say("pas encore gardé, la connexion revient"); }
    });
  };

  const touched = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  };

  /** Takes what came back, but never a field, nor an answer given since: only what the server says of them.
   *  @param {string} html the panel as it stands
   *  @param {URLSearchParams} sent the form as it was sent */
  const take = (html, sent) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const active = document.activeElement;
    const held = active instanceof HTMLInputElement && active.closest("#call-answers") ? radio(active.name, active.value) : "";
    const said = [...form.querySelectorAll("#call-answers input:checked")].filter((one) => one instanceof HTMLInputElement && one.value !== sent.get(one.name)).map((one) => one instanceof HTMLInputElement ? radio(one.name, one.value) : "");
    for (const id of ["call-keys", "call-kept", "call-timer", "call-wait", "call-clash", "call-changed", "call-errors", "call-caller", "call-gravity", "call-answers", "call-motive", "call-usual", "call-ask", "call-go"]) {
      const mine = form.querySelector(`#${id}`);
      const theirs = fresh.querySelector(`#${id}`);
      if (mine && theirs) {
        for (const { name, value } of theirs.attributes) mine.setAttribute(name, value);
        put(mine, theirs.innerHTML);
      }
    }
    for (const one of said) { const mine = form.querySelector(one); if (mine instanceof HTMLInputElement) mine.checked = true; }
    const again = held ? form.querySelector(held) : null;
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    // The need as the sheet proposes it: choices nobody is making at this moment, nor made since it was sent.
    for (const theirs of fresh.querySelectorAll("#call-need select")) {
      const mine = form.querySelector(`#${CSS.escape(theirs.id)}`);
      if (mine instanceof HTMLSelectElement && theirs instanceof HTMLSelectElement && mine !== active && mine.value === (sent.get(mine.name) ?? "")) mine.value = theirs.value;
    }
    for (const theirs of fresh.querySelectorAll("details[data-step]")) {
      const mine = form.querySelector(`#${CSS.escape(theirs.id)}`);
      if (!(mine instanceof HTMLDetailsElement)) continue;
      mine.querySelector(".step__k")?.replaceChildren(...(theirs.querySelector(".step__k")?.childNodes ?? []));
      const step = mine.dataset.step;
      if ((step === "caller" || step === "motive") && !theirs.hasAttribute("open") && !mine.contains(active)) mine.open = false;
      if (step === "motive" && theirs.hasAttribute("open")) mine.open = true;
    }
    form.dispatchEvent(new CustomEvent("relais:count"));
    announce(form.querySelector("#q-texte")?.textContent ?? form.querySelector("#call-ask .strong")?.textContent ?? "");
    clock();
  };

  /** @returns {Element | null} the step of the call the keyboard is in */
  const step = () => document.activeElement?.closest("details.step,#call-need") ?? null;

  /** Where the keyboard goes once a step is complete; nowhere when it has left for another meanwhile.
   *  @param {Element | null} from the step it was in when this was asked */
  const onward = (from) => {
    const now_ = step();
    if (now_ && now_ !== from && now_.id !== "pas-motif") return;
    const motive = form.querySelector("#motive");
    const asked = form.querySelector("#call-ask .ask__q");
    const body_ = form.querySelector("#form");
    const held = document.activeElement?.closest("details[data-step=motive]");
    if (asked && held instanceof HTMLDetailsElement && form.querySelector("#pas-motif .step__k svg") && body_ instanceof HTMLElement) {
      body_.focus({ preventScroll: true });
      held.open = false;
    }
    if (!asked && motive instanceof HTMLInputElement && motive.value === "" && motive.closest("details")?.open) motive.focus();
    else if (document.activeElement === document.body && body_ instanceof HTMLElement) body_.focus({ preventScroll: true });
  };

  /** The form now, with what was answered when it was asked: an answer is to the words that were read, in the version that
   *  was on the page, whatever came back while it waited its turn. Another given since is the one that counts.
   *  @param {HTMLElement | null} pressed the button that sends it
   *  @param {URLSearchParams} asked the form when it was pressed @returns {URLSearchParams} what leaves */
  const leaving = (pressed, asked) => {
    const all = body(pressed);
    const given = [...asked].filter(([name]) => name.startsWith("q_") && !all.has(name));
    const leads = asked.getAll("leads_15").filter((one) => !all.getAll("leads_15").includes(one));
    for (const [name, value] of given) all.append(name, value);
    for (const one of leads) all.append("leads_15", one);
    all.set("asked_of", asked.get("asked_of") ?? "");
    return all;
  };

  /** @param {HTMLElement | null} pressed the button that asks for the next step */
  const next = (pressed) => {
    clearTimeout(timer);
    timer = undefined;
    const from = step();
    const asked = body(pressed);
    turn = turn.then(async () => {
      if (gone) return;
      const sent = leaving(pressed, asked);
      try {
        const answer = await fetch("/direct/suite", { method: "POST", body: sent, headers: { "X-Fragment": "1" } });
        const go = answer.headers.get("X-Go");
        if (go) { location.assign(go); return; }
        if (!answer.ok || answer.redirected) { location.assign("/direct"); return; }
        dirty = false;
        stopped = false;
        take(await answer.text(), sent);
        onward(from);
      } catch { say("pas encore gardé, la connexion revient"); }
    });
  };

  /** @param {HTMLButtonElement} gone a button that left the page @returns {HTMLButtonElement} the same, of the form */
  const twin = (gone) => {
    const button = document.createElement("button");
    button.type = "submit";
    button.hidden = true;
    for (const name of ["name", "value", "formaction", "formenctype"]) {
      const value = gone.getAttribute(name);
      if (value !== null) button.setAttribute(name, value);
    }
    form.append(button);
    return button;
  };

  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    if (new URL(pressed.formAction).pathname !== "/direct/suite") {
      if (stopped) return;
      // What is on its way comes first: the page that follows needs the version it answers.
      event.preventDefault();
      event.stopImmediatePropagation();
      clearTimeout(timer);
      stopped = true;
      gone = true;
      // Not within this event: a form does not send itself while it is being sent. What came back
      // meanwhile may have put another button in the place of the one pressed.
      void turn.then(() => setTimeout(() => form.requestSubmit(pressed.isConnected ? pressed : twin(pressed)), 0));
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    next(pressed);
  }, true);
  form.addEventListener("input", touched);
  form.addEventListener("change", (event) => {
    touched();
    save();
    const changed = event.target;
    // The motive and an answer looked at again move the questions; so do the age and the commune.
    if (changed instanceof HTMLInputElement && (changed.name === "motive" || changed.name.startsWith("q_") || changed.name === "birth_date" || changed.name === "commune")) next(null);
  });
  // The exchange said that a call was answered here: a blank page opens it, another is told.
  const held = () => document.querySelector("[data-mine]")?.getAttribute("data-mine") ?? "";
  const before = held();
  const answered = () => {
    const mine = held();
    const here = hidden("contact")?.value ?? "";
    if (!mine || mine === here || mine === before || stopped) return;
    const blank = [...form.querySelectorAll("input:not([type=hidden],[type=radio],[type=checkbox]),textarea")].every((field) => (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value === "");
    if (here === "" && blank) { stopped = true; location.assign("/direct"); return; }
    const place = form.querySelector("#call-second");
    if (here === "" || !(place instanceof HTMLElement) || place.dataset.of === mine) return;
    place.dataset.of = mine;
    const over = place.querySelector("button");
    if (over) over.value = mine;
    place.hidden = false;
    // On hold since: nothing more is kept until one says which call goes on.
    clearTimeout(timer);
    stopped = true;
    announce(place.querySelector("p")?.textContent ?? "");
  };
  document.addEventListener("relais:swapped", answered);
  document.addEventListener("relais:counted", answered);
  form.addEventListener("relais:known", () => {
    // Everything about the caller is there: the questions come next, unless she is elsewhere already.
    const body_ = form.querySelector("#form");
    const left = document.activeElement !== document.body && step()?.id !== "pas-appelant";
    if (body_ instanceof HTMLElement && !left) body_.focus({ preventScroll: true });
    next(null);
  });
  addEventListener("pagehide", () => {
    if (dirty && !stopped) navigator.sendBeacon("/direct/garder", body());
  });

  const clock = () => {
    const timer_ = form.querySelector("[data-since]");
    if (!timer_) return;
    const seconds = Math.max(0, Math.floor((now() - Number(timer_.getAttribute("data-since"))) / 1000));
    timer_.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  };
  if (!manual) setInterval(clock, 1000);

  const first = form.querySelector("#phone");
  if (first instanceof HTMLInputElement && first.value === "" && !panel.querySelector("[data-focus]")) first.focus({ preventScroll: true });
}

for (const form of document.querySelectorAll("form[data-call]")) {
  if (form instanceof HTMLFormElement) follow(form);
}
