/* The line to the server where websockets are blocked: what a poll that hangs does, and does not do. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { createConnection } from '../../server/core/web/device/connection.js';

const MESSAGE = { topic: 'screen:s', version: ['e', 1], doc: { screen: 's' }, now: 5 };

/** Let a minute go by at most, until it is so. */
async function wait(t, so) {
  for (let seconds = 0; seconds < 60 && !so(); seconds += 1) {
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
  assert.ok(so());
}

test('a poll that hangs is given up after a while, and its late answer renews no lease', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answers = [];
  globalThis.WebSocket = undefined; // not to be had
  t.mock.method(globalThis, 'fetch', () => new Promise((resolve) => { answers.push(resolve); }));
  const heard = [];
  const connection = createConnection({
    origin: 'http://vitrine.example', token: 't', have: () => ({ 'screen:s': null }), onHeard: (now) => heard.push(now), onTopic: (entry) => heard.push(entry.topic),
    onOpen: () => undefined, onRefused: () => heard.push('refused'), onDenied: () => heard.push('denied'),
  });
  connection.connect();
  await wait(t, () => answers.length === 2);
  const answer = () => ({ status: 200, ok: true, headers: { get: () => null }, json: async () => MESSAGE });
  answers[0](answer());
  await new Promise(setImmediate);
  assert.deepEqual(heard, []);
  answers[1](answer());
  await new Promise(setImmediate);
  assert.deepEqual(heard, [5, 'screen:s']);
  connection.stop();
});
