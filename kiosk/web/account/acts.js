/** What can be done on the account's page: each asks the server, says what came of it, and shows what is so now. */

import { ask } from '../phone/ask.js';
import { t } from '../shared/words.js';
import { create } from './passkeys.js';
import { sorry } from './signing.js';

/** @typedef {import('./account.js').World} World */
/** @typedef {ReturnType<typeof actions>} Acts */

/** What is being done while this browser becomes nobody's: the server says so by several ways at once. */
export const LEAVING = 'leaving';

/** @param {{world: World, load: () => Promise<void>, changed: () => void, left: (how: 'out'|'erased') => Promise<void>}} parts */
export function actions({ world, load, changed, left }) {
  /**
   * One thing at a time.
   * @param {string} what @param {string} method @param {string} path @param {{body?: any, said?: (body: any) => string}} [how] @returns {Promise<boolean>}
   */
  async function act(what, method, path, { body, said } = {}) {
    if (world.busy) return false;
    world.busy = what;
    changed();
    const answer = await ask(method, path, body);
    const done = answer.status >= 200 && answer.status < 300;
    if (done) await load();
    world.busy = '';
    const words = done ? said && said(answer.body) : sorry(answer);
    if (words) world.toasts.say(words);
    changed();
    return done;
  }

  /** @param {any} options */
  async function made(options) {
    try {
      return await create(options);
    } catch (error) {
      const here = error instanceof DOMException && error.name === 'InvalidStateError';
      world.toasts.say(here ? t('This phone has a passkey for your account already.') : t('This browser could not make a passkey here.'));
      return null;
    }
  }

  async function addKey() {
    if (world.busy) return;
    world.busy = 'key';
    changed();
    const challenge = await ask('POST', '/api/me/passkey-challenge');
    const credential = challenge.status === 200 ? await made(challenge.body) : null;
    world.busy = '';
    if (challenge.status !== 200) world.toasts.say(sorry(challenge));
    changed();
    if (credential) await act('key', 'POST', '/api/me/passkeys', { body: { credential }, said: () => t('The passkey is added. Next time, use it instead of a code.') });
  }

  /** @param {'out'|'erased'} how @param {string} path */
  async function leave(how, path) {
    if (world.busy) return;
    world.busy = LEAVING;
    changed();
    const answer = await ask('DELETE', path);
    const done = answer.status === 200 || answer.status === 401;
    if (done) await left(how);
    else world.toasts.say(sorry(answer));
    world.busy = '';
    changed();
  }

  return {
    addKey,
    /** @param {import('./account.js').Tablet} tablet */
    clear: (tablet) => act(tablet.visit, 'DELETE', `/api/bag/visits/${tablet.visit}`, { said: () => t('The tablet is cleared. Your bag stays here.') }),
    /** @param {import('./account.js').Session} session */
    end: (session) => act(session.id, 'DELETE', `/api/me/sessions/${session.id}`, { said: () => t('That browser is signed out.') }),
    /** @param {import('./account.js').Claim} claim */
    giveBack: (claim) => act(`claim ${claim.id}`, 'DELETE', `/api/me/claims/${claim.id}`, { said: (body) => whoHasIt(body.with) }),
    /** @param {boolean} yes */
    consent: (yes) => act('consent', yes ? 'PUT' : 'DELETE', '/api/me/mail-consent'),
    /** @param {string} language */
    speak: (language) => act('language', 'PUT', '/api/me/language', { body: { language } }),
    /** @param {string} id */
    naming(id) {
      world.naming = id;
      changed();
      const field = /** @type {HTMLInputElement|null} */ (document.getElementById('name'));
      queueMicrotask(() => (field || document.getElementById('name'))?.focus());
    },
    /** @param {import('./account.js').Passkey} key @param {string} name */
    async rename(key, name) {
      if (await act(key.id, 'PUT', `/api/me/passkeys/${key.id}`, { body: { name } })) world.naming = '';
      changed();
    },
    /** @param {import('./account.js').Passkey} key */
    removeKey: (key) => act(key.id, 'DELETE', `/api/me/passkeys/${key.id}`, { said: () => t('The passkey signs nobody in any more. You may delete it on your phone too.') }),
    signOut: () => leave('out', '/api/sign-in'),
    erase: () => leave('erased', '/api/me'),
    again: () => location.reload(),
  };
}

/** @param {string} who @returns {string} */
function whoHasIt(who) {
  if (who === 'tablet') return t('It is out of your bag, and on the tablet as before.');
  if (who === 'browser') return t('It is out of your bag. This browser opens it again when you sign out.');
  if (who === 'other') return t('It is out of your bag. The browser that it came from opens it again when it signs out.');
  return t('It is out of your bag. The visit at the tablet is over, so nobody has it any more.');
}
