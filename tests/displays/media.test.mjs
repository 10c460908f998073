/* What the device keeps of the loop: what is here is not fetched again, but for codes. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { createMedia } from '../../displays/player/media.js';

const CODE = '/qr/s1/a.svg';

/** A cache that holds `kept`, before a network that answers with what `network` says of an address. */
function mediaOf(kept, network) {
  const held = new Map(Object.entries(kept));
  const cache = { match: async (address) => held.get(address), put: async (address, response) => { held.set(address, response); } };
  const asked = [];
  const fetch = (address, how) => { asked.push([address, how.cache]); return network(address); };
  return { media: createMedia({ caches: { open: async () => cache }, name: 'm', fetch }), held, asked };
}

test('a code that is on the device is asked for anew past every cache, a picture is not', async () => {
  const { media, held, asked } = mediaOf({ [CODE]: 'old', '/media/p': 'picture' }, async () => ({ status: 200 }));
  await media.ensure(['/media/p'], [CODE]);
  assert.deepEqual(asked, [[CODE, 'no-cache']]);
  assert.deepEqual(held.get(CODE), { status: 200 });
});

test('a network that hangs or refuses leaves the code that is here, and no card waits long for it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { media, held } = mediaOf({ [CODE]: 'old' }, () => new Promise(() => undefined));
  const ensured = media.ensure([], [CODE]);
  await new Promise(setImmediate);
  t.mock.timers.tick(3000);
  await ensured;
  assert.ok(media.has(CODE) && held.get(CODE) === 'old');
  const refused = mediaOf({ [CODE]: 'old' }, async () => ({ status: 503 }));
  await refused.media.ensure([], [CODE]);
  assert.ok(refused.media.has(CODE) && refused.held.get(CODE) === 'old');
});
