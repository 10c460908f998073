// The light table: one post at a time, the next already laid out beneath it, everybody's verdicts at once.
//
// The server renders everything; this module decides what lies on the table. A verdict is sent with the digest of the card
// that was on the table, so that nobody approves what they have not seen.

import { toast } from "../../core/web/console.js";
import { announce, asked, calmly, fragment, send } from "./renew.js";

const SLIDE_MS = 260;
const REFRESH_MS = 400;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-queue]"));
const bench = /** @type {HTMLElement} */ (root.querySelector(".bench"));
const nothing = /** @type {HTMLElement} */ (root.querySelector(".nothing"));
const strip = /** @type {HTMLElement} */ (document.getElementById("strip"));
const filter = root.dataset.filter ?? "";

/** @type {HTMLElement | null} */
let current = bench.querySelector(".laid");
/** @type {HTMLElement | null} the next one, laid out under the table */
let ready = null;
/** A verdict or a change is on its way: keys wait for it. */
let busy = false;
let refreshing = 0;
/** Verdicts that were given on this page, the newest last: what Z takes back also while the list is still on its way.
 * @type {string[]} */
const given = [];

// -- what lies on the table ---------------------------------------------------------------------------------------

const idOf = (/** @type {HTMLElement | null} */ laid) => laid?.dataset.screening ?? "";
const now = () => /** @type {HTMLElement} */ (strip.firstElementChild).dataset;
const rowOf = (/** @type {string} */ id) => strip.querySelector(`.thumb[data-open="${CSS.escape(id)}"]`)?.parentElement ?? null;

const listed = () => [...strip.querySelectorAll(".thumb")].map((one) => one.getAttribute("data-open") ?? "");

/** The post that is next, also while the list still tells of the one before: it is in the order of ids. */
function nextId() {
  if (now().current === idOf(current)) return now().next ?? "";
  const others = listed().filter((id) => id !== idOf(current));
  return others.find((id) => Number(id) > Number(idOf(current))) ?? others[0] ?? "";
}

function previousId() {
  if (now().current === idOf(current)) return now().previous ?? "";
  return listed().filter((id) => Number(id) < Number(idOf(current))).pop() ?? "";
}

/** @param {HTMLElement | null} laid @param {string} way where it comes from: "" at once, "left", "right", "up" or "here" */
function lay(laid, way) {
  current = laid;
  nothing.hidden = !!laid;
  if (!laid) return;
  laid.classList.remove("beneath");
  laid.removeAttribute("inert");
  if (laid.parentNode !== bench) bench.prepend(laid);
  if (way) arrive(laid, way);
  announce(laid);
  focusHere();
}

/** @param {HTMLElement} laid @param {string} way */
function arrive(laid, way) {
  laid.classList.add(`from-${way}`);
  requestAnimationFrame(() => requestAnimationFrame(() => laid.classList.remove(`from-${way}`)));
}

/** @param {HTMLElement} laid @param {string} way */
function leave(laid, way) {
  laid.setAttribute("inert", "");
  laid.classList.add("leaving", `to-${way}`);
  setTimeout(() => laid.remove(), SLIDE_MS);
}

function focusHere() {
  if (!document.activeElement || document.activeElement === document.body || !document.activeElement.isConnected) bench.focus({ preventScroll: true });
}

/** Take what is on the table away and lay another out; the list follows when the server has told it anew.
 * @param {string} way @param {string} [id] another than the next */
async function advance(way, id) {
  const next = id ?? nextId();
  const gone = current;
  if (gone) leave(gone, way);
  if (ready && idOf(ready) === next) {
    const laid = ready;
    ready = null;
    lay(laid, "");
  } else {
    lay(next ? await fragment(`/console/queue/${next}/table`) : null, way === "down" ? "up" : "down");
  }
  for (const one of strip.querySelectorAll(".thumb[aria-current]")) one.removeAttribute("aria-current");
  rowOf(idOf(current))?.firstElementChild?.setAttribute("aria-current", "true");
  refresh();
}

/** Lay the next one out beneath the table, frames and all, so that it is there at once. */
async function prepare() {
  const next = nextId();
  const row = rowOf(next)?.firstElementChild;
  const stale = ready && row && row.getAttribute("data-card") !== ready.dataset.digest;
  if (ready && (idOf(ready) !== next || stale)) {
    ready.remove();
    ready = null;
  }
  if (!next || ready || next === idOf(current)) return;
  const made = await fragment(`/console/queue/${next}/table`);
  if (!made || ready || next !== nextId()) return;
  made.classList.add("beneath");
  made.setAttribute("inert", "");
  bench.append(made);
  ready = made;
}

/** The same post anew, where it lies: its card is another one. Whoever was among its items is there still. */
async function relay() {
  const made = await fragment(`/console/queue/${idOf(current)}/table`);
  if (!made || !current || idOf(made) !== idOf(current)) return;
  const old = current;
  const open = !!old.querySelector("[data-choices]:not([hidden])");
  const search = old.querySelector("[data-choices] input");
  const words = search instanceof HTMLInputElement && search === document.activeElement ? search.value : null;
  bench.prepend(made);
  lay(made, "");
  old.remove();
  if (!open) return;
  toggleItems(true);
  if (words === null) /** @type {HTMLElement | null} */ (made.querySelector('[data-choices] [aria-pressed="true"]'))?.focus();
  else if (words) searchFor(words);
}

/** @param {string} words what somebody has typed among the items before they were laid anew */
function searchFor(words) {
  const search = current?.querySelector("[data-choices] input");
  if (!(search instanceof HTMLInputElement)) return;
  search.value = words;
  search.dispatchEvent(new Event("search"));
}

// -- what has happened meanwhile ----------------------------------------------------------------------------------

/** @returns {Promise<void>} */
async function refresh() {
  const number = ++refreshing;
  const made = await fragment(`/console/queue/strip${filter}${current ? `${filter ? "&" : "?"}current=${idOf(current)}` : ""}`);
  if (!made || number !== refreshing) return undefined;
  if (made.dataset.current !== idOf(current)) return refresh();
  const scroll = strip.querySelector(".strip-list")?.scrollLeft ?? 0;
  strip.replaceChildren(made);
  /** @type {HTMLElement} */ (strip.querySelector(".strip-list")).scrollLeft = scroll;
  announce(made);
  mark();
  await compare();
  return prepare();
}

/** Say what somebody else has done to the post on the table, and move on. */
async function compare() {
  if (busy) return;
  const { current: about, state, card, by, verdict, next } = now();
  if (!current) return next ? once(() => advance("up", next)) : undefined;
  if (about !== idOf(current)) return undefined;
  if (state !== current.dataset.state && current.dataset.state === "waiting") {
    const author = current.dataset.author ? `@${current.dataset.author}` : "This post";
    toast(state === "over" ? `${author} edited or deleted this post. It is over; here is the next.` : `${by === "rule" ? "The feed’s rule" : by} ${verdict || state} ${author} a moment ago. Here is the next.`);
    return once(() => advance(verdict === "approved" ? "right" : "left"));
  }
  if (state !== current.dataset.state) return relay();
  if ((card ?? "") !== (current.dataset.digest ?? "")) {
    toast("The card has changed. This is the new one.");
    return relay();
  }
  return undefined;
}

/** Only what can be done now can be pressed. */
function mark() {
  const undo = root.querySelector('[data-act="undo"]');
  if (undo instanceof HTMLButtonElement) undo.disabled = !lastGiven();
  const waiting = current?.dataset.state === "waiting";
  for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (strip.querySelectorAll(".strip-walk [data-act]")))
    one.disabled = !(one.dataset.act === "next" ? nextId() : previousId());
  for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll(".verdicts [data-act]"))) {
    const act = one.dataset.act;
    if (act === "approval") one.disabled = !waiting || !current?.dataset.digest;
    else if (act === "next") one.disabled = !nextId();
    else if (act === "wrong") one.disabled = !current?.dataset.about || !current?.dataset.matched || current.dataset.state === "over";
    else if (act === "consent") one.disabled = !waiting || !!current?.dataset.consent;
    else if (act !== "undo") one.disabled = !waiting;
  }
}

// -- what a moderator does ----------------------------------------------------------------------------------------

/** @param {() => Promise<void>} work */
async function once(work) {
  if (busy) return;
  busy = true;
  root.classList.add("busy");
  try {
    await work();
  } finally {
    busy = false;
    root.classList.remove("busy");
    mark();
  }
}

/** @param {string} verdict approval, rejection or block */
const decide = (verdict) => once(async () => {
  if (!current || current.dataset.state !== "waiting") return;
  const answer = await send("POST", `/console/queue/${idOf(current)}/${verdict}`, { digest: current.dataset.digest ?? "" });
  if (answer.ok) {
    const row = rowOf(idOf(current));
    given.push(String(answer.body.verdict));
    await advance(verdict === "approval" ? "right" : "left");
    return row?.remove();
  }
  toast(answer.body.detail ?? "That did not work. Nothing was changed.", { bad: true });
  if (answer.status === 409) setTimeout(refresh);
});

/** @param {string} id of a verdict, or of a correction behind a "c" */
const takeBack = (id) => id.startsWith("c") ? uncorrect(id.slice(1)) : once(async () => {
  const answer = await send("DELETE", `/console/verdicts/${id}`);
  if (answer.status === 409) given.splice(given.indexOf(id) >>> 0, 1);
  if (!answer.ok) return toast(answer.body.detail ?? "It could not be taken back.", { bad: true });
  const at = given.indexOf(id);
  if (at >= 0) given.splice(at, 1);
  toast(answer.body.words);
  const made = await fragment(`/console/queue/${answer.body.screening}/table`);
  const gone = current;
  if (gone) idOf(gone) === idOf(made) ? gone.remove() : leave(gone, "down");
  lay(made, "left");
  refresh();
});

const lastGiven = () => given[given.length - 1] ?? strip.querySelector("[data-undo-mine]")?.getAttribute("data-undo") ?? "";

/** @param {Record<string, string>} fields variant, or mode "post" */
const choose = (fields) => once(async () => {
  const answer = await send("POST", `/console/queue/${idOf(current)}/proposal`, fields);
  if (!answer.ok) return toast(answer.body.detail ?? "That item could not be chosen.", { bad: true });
  toggleItems(false);  // chosen is chosen: the next key judges the post with it
  bench.focus({ preventScroll: true });
  await relay();
  refresh();
});

/** Keep what is wrong with the item that stands there; the card follows. @param {string} kind wrong or nothing */
const correct = (kind) => once(async () => {
  const variant = current?.dataset.about ?? "";
  if (!current?.dataset.matched || (kind === "wrong" && !variant)) return;
  const answer = await send("POST", `/console/queue/${idOf(current)}/corrections`, { kind, variant });
  toast(answer.ok ? `${answer.body.words} Z takes it back.` : answer.body.detail ?? "That was not kept.", { bad: !answer.ok });
  if (answer.ok) given.push(`c${answer.body.correction}`);
  bench.focus({ preventScroll: true });
  await relay();
  refresh();
});

/** @param {string} id of a correction */
const uncorrect = (id) => once(async () => {
  const answer = await send("POST", "/console/corrections/undo", { ids: id });
  const at = given.indexOf(`c${id}`);
  if (at >= 0) given.splice(at, 1);
  toast(answer.body.words ?? answer.body.detail ?? "It could not be taken back.", { bad: !answer.ok });
  await relay();
  refresh();
});

/** @param {string} method @param {string} path @param {Record<string, string>} [fields] */
const change = (method, path, fields) => once(async () => {
  const answer = await send(method, `/console/queue/${idOf(current)}/${path}`, fields);
  toast(answer.body.words ?? answer.body.detail ?? "", { bad: !answer.ok });
  if (answer.ok) await relay();
  refresh();
});

/** @param {boolean} [open] */
function toggleItems(open) {
  const choices = /** @type {HTMLElement | null} */ (current?.querySelector("[data-choices]") ?? null);
  if (!choices) return;
  choices.hidden = open === undefined ? !choices.hidden : !open;
  if (!choices.hidden) /** @type {HTMLElement | null} */ (choices.querySelector("input") ?? choices.querySelector(".pick"))?.focus();
}

async function askConsent() {
  const proof = await asked(/** @type {HTMLDialogElement} */ (document.getElementById("consent")));
  if (proof !== null) change("POST", "consent", { proof });
}

/** @type {Record<string, () => void>} */
const acts = {
  approval: () => decide("approval"),
  rejection: () => decide("rejection"),
  block: () => decide("block"),
  next: () => once(async () => nextId() ? advance("up") : undefined),
  previous: () => once(async () => previousId() ? advance("down", previousId()) : undefined),
  items: () => toggleItems(),
  wrong: () => correct("wrong"),
  nothing: () => correct("nothing"),
  consent: askConsent,
  "end-consent": () => change("DELETE", "consent"),
  "bring-back": () => change("DELETE", "refusal"),
  undo: () => takeBack(lastGiven()),
};

root.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target).closest("[data-act], [data-undo], [data-uncorrect], [data-open], .pick");
  if (!(target instanceof HTMLElement) || (event instanceof MouseEvent && (event.metaKey || event.ctrlKey))) return;
  const { act, undo, uncorrect: correction, open, variant, mode } = target.dataset;
  if (open) {
    event.preventDefault();
    if (open !== idOf(current)) once(() => advance("up", open));
  } else if (undo) takeBack(undo);
  else if (correction) uncorrect(correction);
  else if (act) acts[act]();
  else if (variant || mode) choose(variant ? { variant } : { mode: mode ?? "" });
});

/** Arrows walk through the items, from the search to what it found; Escape closes them. The search has the focus first, so that
 * whoever begins to type searches, and judges no post by its letters. */
root.addEventListener("keydown", (event) => {
  const choices = /** @type {HTMLElement} */ (event.target).closest("[data-choices]");
  if (!choices) return;
  const searching = event.target instanceof HTMLInputElement;
  const found = searching ? [...choices.querySelectorAll(".choice-found .pick")] : [];
  const picks = /** @type {HTMLElement[]} */ (found.length ? found : [...choices.querySelectorAll(".pick")]);
  const at = picks.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (event.key === "Escape") {
    toggleItems(false);
    bench.focus({ preventScroll: true });
  } else if (step && (at >= 0 || event.key === "ArrowDown")) {
    event.preventDefault();
    event.stopPropagation();
    picks[(at + step + picks.length) % picks.length]?.focus();
  }
});

root.querySelector(".filters")?.addEventListener("change", (event) => /** @type {HTMLFormElement} */ (event.currentTarget).requestSubmit());

root.addEventListener("live", calmly(refresh, REFRESH_MS));
mark();
prepare();
root.dataset.ready = "";
