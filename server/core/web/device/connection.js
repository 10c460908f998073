/** Holds the line to the server: one websocket that resumes where it was, HTTP polling where websockets are blocked. */

import { backoff } from './backoff.js';
import { etagOf, replaces } from './versions.js';
import { timely } from './timely.js';

/** @typedef {import('./versions.js').Version} Version */
/** @typedef {import('./versions.js').Entry} Entry */

const SILENCE = 45000;
const HANDSHAKE = 15000;
const STEADY = 10000;
const FAILURES_BEFORE_POLLING = 3;
const POLL = 5000;
const POLL_CAP = 60000;
const AT_ONCE = 5000;
const RESTARTS = 1012;
const AGAIN = 1013;
const SPREAD = 4500;
const RETURN = 2000;
const PATIENCE = 15000;

/**
 * @param {{
 *   origin: string,
 *   token: string,
 *   as?: string,
 *   have: () => Object<string, Version|null>,
 *   onHeard: (now: number) => void,
 *   onTopic: (entry: Entry, now: number) => void,
 *   onOpen: () => void,
 *   onClose?: () => void,
 *   onRefused: () => void,
 *   onDenied: (topic: string) => void,
 * }} parts `have` names every topic that is wanted now, with the version at hand; `onRefused`: the token is no longer good; without a token the
 * page's cookies speak, for whom `as` names
 */
export function createConnection(parts) {
  const { origin, token } = parts;
  const as = parts.as || '';
  /** @type {WebSocket|null} */
  let socket = null;
  let begun = 0;
  let opened = false;
  let welcomed = false;
  let failures = 0;
  let stopped = false;
  let polling = false;
  /** The server answers over HTTP, as heard since the last welcome. */
  let answers = false;
  /** Sockets that have failed all the same. */
  let failed = 0;
  /** So they are blocked on the way. */
  let blocked = false;
  /** @type {any} */
  let nextPoll = null;
  /** @type {any} */
  let silence = null;
  /** @type {any} */
  let again = null;
  /** Topics that the server was asked for on this socket. @type {Object<string, true>} */
  let asked = {};

  const query = as ? '?as=' + as : '';

  /** @returns {Object<string, string>} */
  function credentials() {
    return token ? { Authorization: 'Bearer ' + token } : {};
  }

  function connect() {
    if (stopped) return;
    welcomed = false;
    opened = false;
    begun = Date.now();
    try {
      socket = new WebSocket(origin.replace(/^http/, 'ws') + '/live');
    } catch (error) {
      retry(0);
      return;
    }
    const mine = socket;
    listen(HANDSHAKE);
    mine.onopen = () => {
      opened = true;
      const have = parts.have();
      asked = named(have);
      listen(SILENCE); // it is there: one that all screens come back to takes its time, and coming again would cost it more
      mine.send(JSON.stringify({ type: 'hello', token, as, have }));
    };
    mine.onmessage = (event) => { if (mine === socket) receive(event.data); };
    mine.onclose = (event) => { if (mine === socket) closed(event.code); };
  }

  /** Nothing for 45 s, beats included, means that the line is dead, whatever the browser believes. @param {number} ms */
  function listen(ms) {
    clearTimeout(silence);
    silence = setTimeout(() => drop(4408), ms);
  }

  /** Give the socket up without waiting for the other side, which may never answer. @param {number} code */
  function drop(code) {
    const old = socket;
    if (!old) return;
    socket = null;
    try { old.close(code); } catch (error) { /* It was closed already. */ }
    retry(code);
  }

  /** @param {number} code */
  function closed(code) {
    socket = null;
    if (welcomed && Date.now() - begun > STEADY) failures = 0;
    if (code === 4401) verify();
    retry(code);
  }

  /** @param {number} code */
  function retry(code) {
    clearTimeout(silence);
    clearTimeout(again);
    if (stopped) return;
    failures += 1;
    welcomed = false;
    if (parts.onClose) parts.onClose();
    judge(code);
    again = setTimeout(connect, code === RESTARTS ? 500 + Math.random() * SPREAD : backoff(failures, code === 4429 || code === 4401 ? { base: 5000, cap: 120000 } : {}));
    if (failures >= FAILURES_BEFORE_POLLING && !polling) poll();
  }

  /** Sockets are blocked when one fails at once where HTTP is answered, or a few do; not when the server itself closes them. @param {number} code */
  function judge(code) {
    if (!answers || blocked || code === RESTARTS || code === AGAIN || (code >= 4400 && code !== 4408)) return;
    failed += 1;
    blocked = failed >= FAILURES_BEFORE_POLLING || (!opened && Date.now() - begun < AT_ONCE);
    if (blocked && nextPoll) {
      clearTimeout(nextPoll);
      poll();
    }
  }

  /** @param {any} data */
  function receive(data) {
    let message = null;
    try { message = JSON.parse(data); } catch (error) { return; }
    if (!message || typeof message !== 'object') return;
    listen(SILENCE);
    if (typeof message.now === 'number') parts.onHeard(message.now);
    if (message.type === 'welcome') welcome();
    else if (message.type === 'beat') send({ type: 'beat' });
    else if (message.type === 'topic') take(message);
    else if (message.type === 'denied') parts.onDenied(message.topic);
  }

  function welcome() {
    welcomed = true;
    answers = false;
    failed = 0;
    blocked = false;
    parts.onOpen();
  }

  /** @param {any} message */
  function take(message) {
    const { topic, version, doc, now } = message;
    if (typeof topic !== 'string' || !Array.isArray(version) || !doc) return;
    if (replaces(parts.have()[topic], /** @type {Version} */ (version))) parts.onTopic({ topic, version: /** @type {Version} */ (version), doc }, now);
  }

  /** @param {any} message @returns {boolean} whether it was handed over */
  function send(message) {
    if (!socket || socket.readyState !== 1 || !welcomed) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Ask over HTTP, as long as no socket holds: whether the server is there, and for every topic when it is and sockets are blocked. Thousands of screens
   * whose server has just come back would else ask it for everything at once and keep it from their sockets; so they ask the less, the longer it takes.
   */
  function poll() {
    nextPoll = null;
    polling = !stopped && !welcomed;
    if (!polling) return;
    const began = Date.now();
    const on = () => { nextPoll = setTimeout(poll, Math.min(POLL_CAP, Math.max(POLL, (Date.now() - began) * 10)) + Math.random() * 1000); };
    ask().then(on, on);
  }

  /** @returns {Promise<any>} */
  function ask() {
    const have = parts.have();
    if (blocked) return Promise.all(Object.keys(have).map((topic) => fetchTopic(topic, have[topic])));
    return answers ? Promise.resolve() : knock();
  }

  function knock() {
    return timely(fetch(origin + '/health/live', { cache: 'no-store' }), 'the server', PATIENCE).then((response) => {
      if (response.status >= 500 || welcomed || answers) return; // what isn't ours to ask is an answer too
      answers = true;
      failures = 0; // those were while it was away: whom a busy server lets wait now does not sit out half a minute for them
      if (socket || stopped) return;
      clearTimeout(again);
      again = setTimeout(connect, Math.random() * RETURN);
    });
  }

  /** @param {string} topic @param {Version|null} version */
  function fetchTopic(topic, version) {
    /** @type {Object<string, string>} */
    const headers = credentials();
    const etag = etagOf(version);
    if (etag) headers['If-None-Match'] = etag;
    const answer = fetch(origin + '/api/topics/' + topic + query, { headers, cache: 'no-store' }).then(whole);
    // An answer that comes later than that is dropped: the time in it would renew the lease.
    return timely(answer, topic, PATIENCE).then(({ response, message }) => {
      if (response.status === 401) parts.onRefused();
      if (response.status === 403 || response.status === 404) parts.onDenied(topic);
      const date = Date.parse(response.headers.get('Date') || '');
      // A Date header counts whole seconds: good enough to renew the lease, and only asked when there is no body with the exact time.
      if (response.status === 304 && date) parts.onHeard(date);
      if (message) polled(message);
    });
  }

  /** @param {any} message */
  function polled(message) {
    if (typeof message.now === 'number') parts.onHeard(message.now);
    take(message);
  }

  /** A refusal is checked over HTTP before everything is thrown away. */
  function verify() {
    const topic = Object.keys(parts.have())[0];
    fetch(origin + '/api/topics/' + topic + query, { headers: credentials(), cache: 'no-store' })
      .then((response) => { if (response.status === 401) parts.onRefused(); })
      .catch(() => undefined);
  }

  return {
    connect,
    send,
    isOpen: () => welcomed,
    /** Bring the server's list of this socket's topics in line with what is wanted now. */
    sync() {
      const have = parts.have();
      const topics = Object.keys(asked).filter((topic) => !(topic in have));
      /** @type {Object<string, Version|null>} */
      const more = {};
      for (const topic of Object.keys(have)) if (!asked[topic]) more[topic] = have[topic];
      if (topics.length && send({ type: 'unsubscribe', topics })) topics.forEach((topic) => { delete asked[topic]; });
      if (Object.keys(more).length && send({ type: 'subscribe', have: more })) Object.assign(asked, named(more));
    },
    /** The network is said to be back: don't sit out a long wait. */
    hurry() {
      if (stopped || socket) return;
      clearTimeout(again);
      again = setTimeout(connect, Math.random() * 500);
    },
    stop() {
      stopped = true;
      clearTimeout(silence);
      clearTimeout(again);
      if (socket) socket.close(1000);
    },
  };
}

/** With its body, which may hang as well. @param {Response} response @returns {Promise<{response: Response, message: any}>} */
function whole(response) {
  return (response.ok ? response.json() : Promise.resolve(null)).then((message) => ({ response, message }));
}

/** @param {Object<string, any>} have @returns {Object<string, true>} */
function named(have) {
  /** @type {Object<string, true>} */
  const names = {};
  Object.keys(have).forEach((topic) => { names[topic] = true; });
  return names;
}
