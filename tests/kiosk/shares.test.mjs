// Links that share a copy of the bag: a list that comes late takes back nothing that was done meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShares } from '../../kiosk/web/phone/shares.js';

const link = (/** @type {number} */ id) => ({ id, items: 2, made_at: '2026-01-01T10:00:00Z', expires_at: '2026-01-31T10:00:00Z' });
const answer = (/** @type {number} */ status, /** @type {any} */ body) => ({ status, ok: status < 300, json: async () => body, text: async () => JSON.stringify(body) });

test('a link that is made while the list is on its way stays in the list', async () => {
  /** @type {((answer: any) => void)[]} */
  const lists = [];
  globalThis.fetch = /** @type {any} */ ((/** @type {string} */ _, /** @type {any} */ how) => (how.method === 'GET'
    ? new Promise((resolve) => { lists.push(resolve); })
    : Promise.resolve(answer(201, { ...link(7), address: 'https://house.test/shared/x' }))));
  const shares = createShares({ changed() {} });
  const loading = shares.load();
  await shares.make();
  lists[0](answer(200, { shares: [] }));
  while (lists.length < 2) await new Promise(setImmediate);
  assert.deepEqual(shares.list().map(({ id }) => id), [7]);
  lists[1](answer(200, { shares: [link(7)] }));
  await loading;
  assert.deepEqual(shares.list().map(({ id, address }) => [id, address]), [[7, 'https://house.test/shared/x']]);
});
