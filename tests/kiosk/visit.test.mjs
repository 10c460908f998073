import assert from 'node:assert/strict';
import test from 'node:test';

import { createIdle, presence } from '../../kiosk/web/tablet/visit/idle.js';
import { createStrongbox, STORE } from '../../kiosk/web/tablet/visit/strongbox.js';
import { inMemory } from '../../server/core/web/device/database.js';

const LIMITS = { idle: 45, grace: 15 };

test('after 45 seconds it asks, after 15 more it is over', () => {
  assert.deepEqual(presence(0, 44_900, LIMITS), { state: 'here', left: 15 });
  assert.deepEqual(presence(0, 45_000, LIMITS), { state: 'asking', left: 15 });
  assert.deepEqual(presence(0, 59_001, LIMITS), { state: 'asking', left: 1 });
  assert.deepEqual(presence(0, 60_000, LIMITS), { state: 'over', left: 0 });
});

function watched() {
  const clock = { monotonic: 0, wall: 0 };
  const told = [];
  const idle = createIdle({ monotonic: () => clock.monotonic, wall: () => clock.wall, limits: () => LIMITS, changed: (now) => told.push(now.state) });
  const pass = (seconds, slept = 0) => { clock.monotonic += seconds * 1000; clock.wall += (seconds + slept) * 1000; idle.tick(); return told.at(-1); };
  idle.tick();
  return { idle, pass };
}

test('whoever touches may stay for ever', () => {
  const { idle, pass } = watched();
  for (let minute = 0; minute < 600; minute += 1) {
    assert.equal(pass(40), 'here');
    idle.touch();
  }
  assert.equal(pass(46), 'asking');
  idle.touch();
  assert.equal(pass(1), 'here');
});

test('a clock that is set back keeps nobody, and a tablet that slept asks who is there', () => {
  const { pass } = watched();
  assert.equal(pass(20, -3600), 'here');
  assert.equal(pass(40), 'over');
  const other = watched();
  assert.equal(other.pass(1, 600), 'asking');
  assert.equal(other.pass(15), 'over');
});

const WHOSE = { visit: 'v1', bag: 'b1', secret: 's' };
const operations = (count) => Array.from({ length: count }, (_, index) => ({ id: `o${index}`, kind: 'add', variant: 'x', made_at: 0 }));

function strongbox(send = async () => ({ status: 200, json: async () => ({ outcomes: [] }) })) {
  const db = inMemory([STORE]);
  const make = (parts = {}) => createStrongbox({ db, sealed: async (content) => ({ sealed: content }), send, changed: () => undefined, ...parts });
  return { db, make, ids: async () => (await db.all(STORE)).flatMap(({ box }) => box.sealed.operations.map(({ id }) => id)) };
}

test('what waits is on the disk, replaced as it changes, and gone when it was sent', async () => {
  const { db, make, ids } = strongbox();
  const box = make();
  await box.keep(WHOSE, operations(3));
  assert.deepEqual(await ids(), ['o0', 'o1', 'o2']);
  box.keep(WHOSE, operations(5));
  box.keep(WHOSE, operations(6));
  await box.settled();
  assert.equal((await ids()).length, 6);
  await box.keep(WHOSE, operations(401));
  assert.deepEqual((await db.all(STORE)).map(({ count }) => count), [200, 200, 1]);
  assert.equal(box.waiting(), 401);
  await box.keep(WHOSE, []);
  assert.equal(await db.count(STORE), 0);
});

test('what a box held and the server kept not is counted: it did not fit, or is sold no more', async () => {
  const answer = { status: 200, json: async () => ({ outcomes: [{ id: 'a', kept: true, why: '' }, { id: 'b', kept: false, why: 'full' }] }) };
  const { make } = strongbox(async () => answer);
  const box = make();
  await box.keep({ visit: 'v1', bag: 'b', secret: 's' }, [{ id: 'a' }, { id: 'b' }]);
  const later = make();
  await later.deliver();
  assert.equal(later.dropped(), 1);
  assert.equal(later.waiting(), 0);
});

test('boxes of earlier visits are handed in once, the one of the visit that goes on is not', async () => {
  const sent = [];
  const { make, ids } = strongbox(async (box) => { sent.push(box.sealed.visit); return { status: 200, json: async () => ({ outcomes: [] }) }; });
  await make().keep(WHOSE, operations(250));
  const next = make();
  await next.keep({ ...WHOSE, visit: 'v2' }, operations(1));
  await next.deliver();
  await next.deliver();
  assert.deepEqual(sent, ['v1', 'v1']);
  assert.deepEqual(await ids(), ['o0']);
  assert.equal(next.waiting(), 1);
});

test('what the server will never take is counted and thrown away, what it may take later stays', async () => {
  let status = 503;
  const { db, make } = strongbox(async () => ({ status, json: async () => ({ outcomes: [] }) }));
  await make().keep(WHOSE, operations(2));
  const later = make();
  for (const busy of [503, 429, 401]) { status = busy; await later.deliver(); }
  later.stop();
  assert.equal(await db.count(STORE), 1);
  status = 400;
  await later.deliver();
  later.stop();
  assert.deepEqual([await db.count(STORE), later.dropped(), later.waiting()], [0, 2, 0]);
});

test('what could not be sealed once is sealed with what comes next', async () => {
  const { make, ids } = strongbox();
  let key = '';
  const box = make({ sealed: async (content) => (key ? { sealed: content } : Promise.reject(new Error('no key is known yet'))) });
  await assert.rejects(box.keep(WHOSE, operations(1)));
  key = 'known';
  await box.keep(WHOSE, operations(2));
  assert.deepEqual(await ids(), ['o0', 'o1']);
});

test('without a key nothing is written in the clear', async () => {
  const { db, make } = strongbox();
  const box = make({ sealed: async () => { throw new Error('no key yet'); } });
  await box.keep(WHOSE, operations(1)).catch(() => undefined);
  assert.equal(await db.count(STORE), 0);
});
