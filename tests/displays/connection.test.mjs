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
  await wait(t, () => answers.length === 1);
  answers.pop()({ status: 200, ok: true }); // the server is there, and no socket is to be had
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

/** A server that opens and closes sockets as it is told, on a clock of the test's. */
function replica(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const made = { away: false, sockets: [], asked: [], answer: () => Promise.reject(new Error('away')) };
  globalThis.WebSocket = class {
    constructor() {
      this.readyState = 0;
      made.sockets.push(this);
      if (made.away) setImmediate(() => this.end(1006));
    }

    send() { return undefined; }

    close() { return undefined; }

    welcome() { this.readyState = 1; this.onopen(); this.onmessage({ data: '{"type":"welcome","now":1}' }); }

    end(code) { this.readyState = 3; this.onclose({ code }); }
  };
  t.mock.method(globalThis, 'fetch', (address) => { made.asked.push(address); return made.answer(); });
  const nothing = () => undefined;
  made.connection = createConnection({
    origin: 'http://vitrine.example', token: 't', have: () => ({ 'screen:s': null, 'loop:x': null, 'store:1': null }), onHeard: nothing, onTopic: nothing,
    onOpen: nothing, onRefused: nothing, onDenied: nothing,
  });
  made.connection.connect();
  return made;
}

/** Let so many seconds go by. */
async function pass(t, seconds) {
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    t.mock.timers.tick(100);
    await new Promise(setImmediate);
  }
}

test('after a restart that was announced screens come back over five seconds, not in one', async (t) => {
  for (const [chance, before, after] of [[0, 0.4, 0.6], [0.999, 4.8, 5.1]]) {
    await t.test(String(chance), async (one) => {
      one.mock.method(Math, 'random', () => chance);
      const { sockets, connection } = replica(one);
      sockets[0].welcome();
      await pass(one, 20);
      sockets[0].end(1012);
      await pass(one, before);
      assert.equal(sockets.length, 1);
      await pass(one, after - before);
      assert.equal(sockets.length, 2);
      connection.stop();
    });
  }
});

test('while the server is away a screen only knocks, takes its socket up as soon as it answers, and polls where sockets are blocked', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  const made = replica(t);
  made.sockets[0].end(1006);
  made.away = true;
  await pass(t, 120);
  made.answer = () => Promise.resolve({ status: 502, ok: false, headers: { get: () => null } }); // of a proxy
  await pass(t, 60);
  assert.ok(made.asked.length > 25 && made.asked.length < 35, String(made.asked.length));
  assert.ok(made.asked.every((address) => address === 'http://vitrine.example/health/live'));
  made.asked.length = 0;
  made.answer = () => Promise.resolve({ status: 200, ok: true, json: async () => null, headers: { get: () => null } });
  await wait(t, () => made.asked.length === 1);
  made.away = false;
  const before = made.sockets.length;
  made.asked.length = 0;
  await pass(t, 1.2);
  assert.equal(made.sockets.length, before + 1);
  await pass(t, 14); // it is slow: nothing more is asked of it meanwhile, nor when the handshake is given up
  assert.equal(made.asked.length, 0);
  await pass(t, 2); // the socket comes again as after a first failure: those before were while the server was away
  assert.equal(made.sockets.length, before + 2);
  made.sockets[before + 1].end(1013);
  await wait(t, () => made.sockets.length === before + 3);
  assert.equal(made.asked.length, 0);
  made.sockets[before + 2].end(1006); // sockets are blocked on the way
  await pass(t, 0.1);
  assert.deepEqual(made.asked.map((address) => address.split('/').pop()), ['screen:s', 'loop:x', 'store:1']);
  made.answer = () => new Promise(() => undefined); // it has more to do than it can
  made.away = true;
  made.asked.length = 0;
  await pass(t, 180);
  assert.ok(made.asked.length >= 6 && made.asked.length <= 12, String(made.asked.length));
  made.connection.stop();
});
