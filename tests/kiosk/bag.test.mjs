import assert from 'node:assert/strict';
import test from 'node:test';

import { adding, applied, removing } from '../../kiosk/web/shared/bag.js';
import { uuid } from '../../kiosk/web/shared/ids.js';
import { createOutbox } from '../../kiosk/web/shared/outbox.js';

const item = (variant, adds, at = '2026-11-22T10:00:00.000Z') => ({ variant, adds, at, seen: {} });

test('what was done here shows at once, before the server has heard of it', () => {
  const add = adding('ink', Date.parse('2026-11-22T11:00:00Z'));
  assert.deepEqual(applied([item('plum', ['a'])], [add]).map((one) => one.variant), ['ink', 'plum']);
});

test('a removal takes out the adds that it saw and no other', () => {
  const gone = removing(item('plum', ['a']), 0);
  assert.deepEqual(applied([item('plum', ['a', 'b'])], [gone])[0].adds, ['b']);
  assert.deepEqual(applied([item('plum', ['a'])], [gone]), []);
});

test('the same variant is there once, however often it was added', () => {
  const found = applied([item('plum', ['a'])], [adding('plum', 5)]);
  assert.equal(found.length, 1);
  assert.equal(found[0].adds.length, 2);
});

test('an add that has come back in the document is not counted twice', () => {
  const add = adding('ink', 5);
  const items = [item('ink', [add.id])];
  assert.equal(applied(items, [add])[0].adds.length, 1);
});

test('undoing an add that has not been sent leaves nothing', () => {
  const add = adding('ink', 5);
  const gone = removing(applied([], [add])[0], 6);
  assert.deepEqual(applied([], [add, gone]), []);
});

test('what was kept is shown until the bag that it came into shows it, or one that has taken that up', async () => {
  const operation = adding('ink', 1);
  const answers = (bag, number) => async () => Response.json({ outcomes: [{ id: operation.id, kept: true, why: '' }], bag, version: ['e', number] });
  const kept = async (bag, number) => {
    const outbox = createOutbox({ send: answers(bag, number), changed: () => undefined, refused: () => assert.fail() });
    outbox.put(operation);
    while (outbox.waiting().length) await new Promise(setImmediate);
    return outbox;
  };
  const own = await kept('own', 20);
  own.seen('own', ['e', 19]);
  assert.deepEqual(own.pending(), [operation]);
  own.seen('phone', ['e', 3]);
  assert.deepEqual(own.pending(), [], 'else it would come back when the phone takes it out');
  const moved = await kept('phone', 4);
  moved.seen('phone', ['e', 3]);
  assert.deepEqual(moved.pending(), [operation]);
  moved.seen('phone', ['e', 4]);
  assert.deepEqual(moved.pending(), []);
});

test('operations have ids also where the address is not secure and the browser makes no UUIDs', () => {
  const plain = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  const made = Array.from({ length: 100 }, () => uuid(plain));
  for (const id of made) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(made).size, 100);
  assert.match(uuid(), /^[0-9a-f-]{36}$/);
});
