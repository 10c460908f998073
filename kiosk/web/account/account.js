/** The account's page: signing in by a code or a passkey; then where the bag is open, who is signed in, and what is held. */

import { render } from '../../../vendor/lit-html/lit-html.js';
import { createConnection } from '../../../server/core/web/device/connection.js';
import { ask } from '../phone/ask.js';
import { createKept, openBooks } from '../phone/kept.js';
import { begin } from '../phone/language.js';
import { SHELF } from '../phone/pictures.js';
import { createToasts } from '../phone/toasts.js';
import { spoken, t } from '../shared/words.js';
import { LEAVING, actions } from './acts.js';
import { mine } from './mine.js';
import { canSign } from './passkeys.js';
import { createSigning } from './signing.js';

/** @typedef {{visit: string, kiosk: string, store: string, since: string}} Tablet */
/** @typedef {{id: string, browser: string, system: string, here: boolean, since: string, seen_at: string}} Session */
/** @typedef {{id: string, name: string, since: string, used_at: string|null}} Passkey */
/** @typedef {{id: number, made_at: string, until: string, things: number, kiosk: string, store: string}} Claim */
/**
 * @typedef {{email: string, language: string, since: string, mail_consent_at: string|null, mail: boolean, bag: string|null, things: number, tablets: Tablet[],
 *   sessions: Session[], passkeys: Passkey[], claims: Claim[], shares: number, kept_visits_days: number, kept_customers_days: number}} Me the account, as the server tells it
 */
/**
 * @typedef {object} World
 * @property {'starting'|'out'|'in'|'erased'|'away'} phase @property {Me|null} me @property {string} busy what is being done @property {string} naming the passkey
 * that is being given a name @property {boolean} keys whether passkeys can be used here @property {ReturnType<typeof createToasts>} toasts
 * @property {ReturnType<typeof createSigning>} signing
 */

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const root = document.documentElement;
/** @type {ReturnType<typeof createConnection>|null} */
let line = null;
/** @type {import('../../../server/core/web/device/versions.js').Version|null} */
let version = null;
let asked = false;

const toasts = createToasts({ changed });
const signing = createSigning({ mail: page.dataset.mail || '', keys: canSign(page), changed, entered });
/** @type {World} */
const world = { phase: 'starting', me: null, busy: '', naming: '', keys: canSign(page), toasts, signing };
const acts = actions({ world, load, changed, left });

start();

async function start() {
  await begin(changed);
  document.querySelector('[data-speak]')?.addEventListener('change', (event) => {
    if (world.me) acts.speak(/** @type {HTMLSelectElement} */ (event.target).value);
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && world.phase !== 'erased') load(); });
  window.addEventListener('online', load);
  await load();
}

/** Ask for the account, and show it or the way in. @returns {Promise<void>} */
async function load() {
  const { status, body } = await ask('GET', '/api/me');
  if (world.busy === LEAVING) return;
  if (status === 200) {
    world.me = body;
    world.phase = 'in';
    follow();
  } else if (status === 401) {
    if (world.phase === 'in') toasts.say(t('You are signed out in this browser.'));
    if (world.phase !== 'out' && world.phase !== 'erased') enterance();
  } else if (!world.me) {
    world.phase = 'away';
  }
  changed();
}

function enterance() {
  Object.assign(world, { phase: 'out', me: null, busy: '', naming: '' });
  signing.begin();
  leave();
}

/** Somebody has just signed in. @param {{refused: string, claim: {id: number}|null}} body */
async function entered(body) {
  await load();
  const claim = world.me && body.claim ? world.me.claims.find(({ id }) => id === body.claim?.id) : undefined;
  if (body.refused) toasts.say(body.refused);
  else if (claim && claim.things) toasts.say(t('You are signed in, and what you had collected came along.'));
  else toasts.say(t('You are signed in.'));
  document.getElementById('account')?.focus();
}

/** The browser is nobody's any more. @param {'out'|'erased'} how */
async function left(how) {
  leave();
  await forget();
  toasts.clear();
  Object.assign(world, { phase: how, me: null, busy: '' });
  if (how === 'out') {
    signing.begin();
    toasts.say(t('You are signed out. Your bag is safe in your account.'));
  }
  changed();
  window.scrollTo(0, 0);
}

/** What the bag's page has kept on this phone goes, too. */
async function forget() {
  const kept = createKept(await openBooks());
  await kept.unsent();
  await kept.forget();
  if ('caches' in window) await caches.delete(SHELF).catch(() => false);
}

/** Hear at once when a tablet opens the bag or is cleared, and when this browser is signed out from another. */
function follow() {
  if (line) { line.sync(); return; }
  line = createConnection({
    origin: location.origin, token: '', as: 'shopper',
    have: () => (world.me && world.me.bag ? { [`bag:${world.me.bag}`]: version } : {}),
    onHeard: () => undefined, onOpen: () => undefined, onRefused: load, onDenied: load,
    onTopic: (entry) => { version = entry.version; load(); },
  });
  line.connect();
}

function leave() {
  line?.stop();
  line = null;
  version = null;
}

function changed() {
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    const title = world.phase === 'in' ? t('Your account') : t('Sign in');
    document.title = `${title} · ${root.dataset.house}`;
    page.classList.toggle('middle', world.phase === 'erased' || world.phase === 'away');
    page.setAttribute('aria-busy', String(world.phase === 'starting'));
    render(mine(world, acts, spoken()), page);
    signing.settle();
  });
}
