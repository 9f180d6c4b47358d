// Passkeys: asks the browser to make a key or to sign with one, and sends its answer with the form.
// A form says which (`data-passkey="create"` or `"get"`) and where its question comes from
// (`data-options`). Without script, under another name than the keys' (`data-site`), or where the
// browser knows no keys, the form stays hidden.

/** @param {string} text base64url */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{ id: string }} known */
const named = (known) => ({ ...known, id: bytes(known.id) });

/** @param {any} options as the server says them */
function read(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = options.excludeCredentials.map(named);
  if (options.allowCredentials) asked.allowCredentials = options.allowCredentials.map(named);
  return asked;
}

/** @param {PublicKeyCredential} made */
function written(made) {
  const answer = /** @type {any} */ (made.response);
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[name]) response[name] = text(answer[name]);
  }
  if (answer.getTransports) response.transports = answer.getTransports();
  const extensions = made.getClientExtensionResults();
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, extensions });
}

function label() {
  const agent = navigator.userAgent;
  return /iPhone/.test(agent) ? "iPhone" : /iPad/.test(agent) ? "iPad"
    : /Android/.test(agent) ? "Téléphone Android" : /Mac OS/.test(agent) ? "Mac"
    : /Windows/.test(agent) ? "Ordinateur Windows" : "Ordinateur";
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  const address = form.getAttribute("data-options") ?? "";
  const answer = await fetch(address, { method: "POST", redirect: "manual" });
  if (!answer.ok) throw new Error("no question");
  const { ceremony, options } = await answer.json();
  fill(form, "ceremony", ceremony);
  return read(options.publicKey);
}

/** @param {HTMLFormElement} form @param {Credential | null} made */
function send(form, made) {
  if (!(made instanceof PublicKeyCredential)) return;
  fill(form, "answer", written(made));
  const name = form.elements.namedItem("label");
  if (name instanceof HTMLInputElement && !name.value) name.value = label();
  form.submit();
}

/** @type {AbortController | null} */
let waiting = null;

/** Keys are offered beside the login while it is typed, where the browser does so. A question is good
 * for five minutes: another is asked before. @param {HTMLFormElement} form */
async function offer(form) {
  const can = await PublicKeyCredential.isConditionalMediationAvailable?.();
  if (!can) return;
  const mine = new AbortController();
  waiting = mine;
  const again = setTimeout(() => mine.abort("again"), 240_000);
  try {
    const publicKey = await ask(form);
    send(form, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: mine.signal }));
  } catch {
    if (mine.signal.reason === "again") offer(form);
  } finally {
    clearTimeout(again);
  }
}

/** @param {HTMLFormElement} form */
function attach(form) {
  const makes = form.getAttribute("data-passkey") === "create";
  const trouble = document.querySelector("[data-passkey-trouble]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    waiting?.abort("asked");
    trouble?.setAttribute("hidden", "");
    try {
      const publicKey = await ask(form);
      const made = makes ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
      send(form, await made);
    } catch {
      trouble?.removeAttribute("hidden");
    }
    form.removeAttribute("data-sent");
  });
  if (form.hasAttribute("data-offer")) offer(form);
}

/** Keys are made for a name, and for what is under it. @param {string} site */
const isHere = (site) => location.hostname === site || location.hostname.endsWith(`.${site}`);

const forms = [...document.querySelectorAll("form[data-passkey]")]
  .filter((form) => form instanceof HTMLFormElement)
  .filter((form) => isHere(form.getAttribute("data-site") ?? ""));
if ("PublicKeyCredential" in window && forms.length > 0) {
  forms.forEach(attach);
} else {
  document.querySelector("[data-passkey-none]")?.removeAttribute("hidden");
}
