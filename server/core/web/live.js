// Live pages: one socket to /live, opened with the session's cookie, for all topics that the page names.
//
// In a template, name topics on an element and let htmx fetch anew when one of them has changed:
//   <section data-live="queue campaign:3" hx-get="/console/queue/list" hx-trigger="live throttle:500ms">...</section>
// The element gets the events `live` and `live:<topic>`, both with {topic, version, doc} as their detail, spaced by the
// throttle that its trigger names (250 ms without one); what comes meanwhile is told at the end of that time. (htmx alone
// would drop it, and the page would stay behind.) Elsewhere, unspaced:
//   hx-trigger="live:queue from:body"      (any element; some element or module must name the topic)
// In a module:  import { onTopic } from "../../core/web/live.js";  onTopic("queue", (doc, version) => ...);
// onTopic also hears the first document; elements only hear of changes after the page was rendered: the versions that
// this tab has seen are kept, so a page that was rendered after the last of them does not fetch itself twice.

const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 15_000;
const OVER = { 4401: "signed out" };
const KEY = "vitrine-versions";

/** @type {Map<string, [string, number]>} versions that this tab knew when the page was asked for, then since */
const seen = new Map(Object.entries(JSON.parse(sessionStorage.getItem(KEY) ?? "{}")));
/** @type {Map<string, any>} */
const documents = new Map();
/** @type {Map<string, Set<(doc: any, version: [string, number]) => void>>} */
const listeners = new Map();
/** @type {Set<string>} */
const asked = new Set();
/** @type {WebSocket | null} */
let socket = null;
let welcome = false;
let wait = 500;
let silence = 0;
let leavingUntil = 0;

/** Call `fn` with a topic's document, now if it is known and whenever it changes. Returns a function that ends it.
 * @param {string} name @param {(doc: any, version: [string, number]) => void} fn */
export function onTopic(name, fn) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name)?.add(fn);
  const known = documents.get(name);
  if (known) fn(known, /** @type {[string, number]} */ (seen.get(name)));
  subscribe();
  return () => void listeners.get(name)?.delete(fn);
}

/** Open the socket, and again whenever it is lost. */
export function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.onopen = () => say({ type: "hello", have: {} });
  socket.onmessage = (event) => heard(JSON.parse(event.data));
  socket.onclose = (event) => lost(event.code);
}

/** @param {object} message */
function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** @param {any} message */
function heard(message) {
  clearTimeout(silence);
  silence = setTimeout(() => socket?.close(4408), SILENCE_MS);
  if (message.type === "welcome") greeted();
  else if (message.type === "beat") say({ type: "beat" });
  else if (message.type === "topic") changed(message.topic, message.version, message.doc);
}

function greeted() {
  welcome = true;
  wait = 500;
  asked.clear();
  tell("live", "Live");
  subscribe();
}

/** @param {number} code */
function lost(code) {
  clearTimeout(silence);
  welcome = false;
  socket = null;
  if (code in OVER) return location.reload();
  tell("offline", "Offline: changes are not live");
  setTimeout(connect, wait * (0.7 + 0.6 * Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

/** Ask for every topic that the page names by now. */
function subscribe() {
  if (!welcome) return;
  const wanted = [...named()].filter((name) => !asked.has(name));
  if (!wanted.length) return;
  wanted.forEach((name) => asked.add(name));
  // With a document in hand only what is newer is of use; the first time, modules want the document itself.
  say({ type: "subscribe", have: Object.fromEntries(wanted.map((name) => [name, documents.has(name) ? seen.get(name) : null])) });
}

function named() {
  const names = new Set(listeners.keys());
  for (const one of document.querySelectorAll("[data-live]"))
    for (const name of (one.getAttribute("data-live") ?? "").split(/\s+/)) if (name) names.add(name);
  return names;
}

/** @param {string} name @param {[string, number]} version @param {any} doc */
function changed(name, version, doc) {
  const before = seen.get(name);
  const news = !before || before[0] !== version[0] || before[1] < version[1];
  if (!news && documents.has(name)) return;
  seen.set(name, version);
  documents.set(name, doc);
  if (performance.now() > leavingUntil) sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...seen].slice(-200))));
  listeners.get(name)?.forEach((fn) => fn(doc, version));
  if (news) dispatch(name, { topic: name, version, doc });
}

/** @param {string} name @param {object} detail */
function dispatch(name, detail) {
  for (const one of document.querySelectorAll(`[data-live~="${CSS.escape(name)}"]`)) spaced(one, name, detail);
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
}

/** @type {WeakMap<Element, {news: Map<string, object>, until: number, timer: number}>} */
const spacing = new WeakMap();

/** @param {Element} one @param {string} name @param {object} detail */
function spaced(one, name, detail) {
  const state = spacing.get(one) ?? { news: new Map(), until: 0, timer: 0 };
  spacing.set(one, state);
  state.news.set(name, detail);
  if (!state.timer) state.timer = setTimeout(() => deliver(one, state), Math.max(0, state.until - performance.now()));
}

/** @param {Element} one @param {{news: Map<string, object>, until: number, timer: number}} state */
function deliver(one, state) {
  const news = [...state.news];
  state.news.clear();
  state.timer = 0;
  state.until = performance.now() + gap(one);
  if (!one.isConnected) return;
  for (const [name, detail] of news) one.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  one.dispatchEvent(new CustomEvent("live", { detail: news[news.length - 1][1] }));
}

/** Milliseconds between two events of an element: what its trigger says, and a little more, so that htmx drops none.
 * @param {Element} one */
function gap(one) {
  const said = /\blive\s[^,]*throttle:([\d.]+)(ms|s)?/.exec(one.getAttribute("hx-trigger") ?? "");
  return said ? Number(said[1]) * (said[2] === "s" ? 1000 : 1) + 50 : 250;
}

/** @param {string} state @param {string} words */
function tell(state, words) {
  const line = document.getElementById("live-state");
  if (!line || line.dataset.state === state) return;
  line.dataset.state = state;
  /** @type {HTMLElement} */ (line.firstElementChild).textContent = words;
}

// The next page may be rendered already: what is heard from now on is news to it.
addEventListener("beforeunload", () => void (leavingUntil = performance.now() + 10_000));
document.addEventListener("htmx:load", subscribe);
addEventListener("pageshow", (event) => event.persisted && location.reload());
if (document.querySelector('[data-tally="queue"]'))
  onTopic("queue", (doc) => {
    const waiting = Object.values(doc.waiting ?? {}).reduce((sum, count) => sum + Number(count), 0);
    for (const tally of document.querySelectorAll('[data-tally="queue"]')) {
      tally.textContent = waiting > 999 ? "999+" : String(waiting);
      /** @type {HTMLElement} */ (tally).hidden = !waiting;
      tally.setAttribute("title", `${waiting} waiting`);
    }
  });
connect();
