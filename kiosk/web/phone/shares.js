/** Links that show a copy of the bag: made, sent, and withdrawn. Their addresses are on this phone alone; the server keeps none. */

import { t } from '../shared/words.js';
import { ask } from './ask.js';

/** @typedef {{id: number, items: number, made_at: string, expires_at: string, address?: string}} Link */

/** @param {{changed: () => void}} parts */
export function createShares(parts) {
  /** @type {Link[]} */
  let links = [];
  /** By id, of those made on this phone. @type {Object<string, string>} */
  let addresses = {};
  let said = '';
  let busy = false;
  let changes = 0;

  /** A list that was asked for before the last change would take that back. @returns {Promise<void>} */
  async function load() {
    const before = changes;
    const { status, body } = await ask('GET', '/api/bag/shares');
    if (changes !== before) return load();
    if (status === 200) links = body.shares;
    parts.changed();
  }

  async function make() {
    if (busy) return;
    busy = true;
    const { status, body } = await ask('POST', '/api/bag/shares');
    busy = false;
    if (status === 201) {
      addresses = { ...addresses, [body.id]: body.address };
      links = [body, ...links];
      changes += 1;
      // Sent by a tap of its own: browsers open the sheet for sending only right after one.
      tell(t('The link is ready. Send it, or copy it.'));
    } else tell(status === 409 ? t('This bag has five links already. Withdraw one first.') : t('No link was made. Try again in a minute.'));
  }

  /** @param {Link} link */
  async function send(link) {
    const url = addresses[link.id];
    const title = t('A bag from {house}', { house: document.documentElement.dataset.house || '' });
    if (navigator.share) {
      try { await navigator.share({ title, url }); return; } catch (error) { if (/** @type {Error} */ (error).name === 'AbortError') return; }
    }
    try {
      await navigator.clipboard.writeText(url);
      tell(t('The link is copied.'));
    } catch {
      tell(url);
    }
  }

  /** @param {Link} link */
  async function withdraw(link) {
    const { status } = await ask('DELETE', `/api/bag/shares/${link.id}`);
    if (status !== 204 && status !== 404) { tell(t('The link could not be withdrawn. Try again in a minute.')); return; }
    links = links.filter(({ id }) => id !== link.id);
    delete addresses[link.id];
    changes += 1;
    tell(t('The link is withdrawn: it shows nothing any more.'));
  }

  /** @param {string} words */
  function tell(words) {
    said = words;
    parts.changed();
  }

  return {
    load, make, send, withdraw,
    said: () => said,
    busy: () => busy,
    /** @returns {Link[]} the newest first; with the address where this phone knows it */
    list: () => links.map((link) => ({ ...link, address: addresses[link.id] })),
    kept: () => addresses,
    /** @param {Object<string, string>} kept */
    restore(kept) { addresses = kept; },
  };
}
