import assert from 'node:assert/strict';
import test from 'node:test';

import { adding } from '../../kiosk/web/shared/bag.js';
import { createKept } from '../../kiosk/web/phone/kept.js';
import { createOutboxes } from '../../kiosk/web/phone/outboxes.js';
import { inMemory } from '../../server/core/web/device/database.js';

const settled = async (turns = 20) => { for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate); };

/** A server that knows whose bags are whose: what comes to others is turned away. @param {string[]} theirs */
function house(theirs) {
  const came = [];
  const send = async (bag, operations) => {
    if (!theirs.includes(bag)) return new Response('{}', { status: 404 });
    came.push(...operations.map(({ id }) => [bag, id]));
    return Response.json({ outcomes: operations.map(({ id }) => ({ id, kept: true, why: '' })), bag, version: ['e', 1] });
  };
  return { came, send };
}

function page(db, send) {
  const kept = createKept(db);
  const refused = [];
  const boxes = createOutboxes({ send, changed: () => undefined, refused: (bag, why) => refused.push([bag, why]), keep: kept.keep });
  return { kept, boxes, refused };
}

test('what another window left goes to the bag that it was done in, whichever is open now', async () => {
  const db = inMemory(['state', 'outbox']);
  const [first, second, third] = [adding('ink', 1), adding('plum', 2), adding('madder', 3)];
  const before = page(db, () => Promise.reject(new Error('no network')));
  before.boxes.put('old', first);
  before.boxes.put('new', second);
  before.boxes.put('old', third);
  await settled();
  before.boxes.close();

  const { came, send } = house(['old', 'new']);
  const after = page(db, send);
  const left = await after.kept.unsent();
  assert.deepEqual(left.map(({ bag }) => bag), ['old', 'new', 'old']);
  after.boxes.restore(left);
  assert.deepEqual(after.boxes.pending(new Set(['new'])), [second], 'what was done in another bag does not stand in this one');
  await settled();
  assert.deepEqual(came.sort(), [['old', first.id], ['new', second.id], ['old', third.id]].sort());
  assert.deepEqual(await page(db, send).kept.unsent(), [], 'and is not sent again');
});

test('what was done in a bag that is not theirs any more is dropped and said, and touches no other', async () => {
  const db = inMemory(['state', 'outbox']);
  const { came, send } = house(['new']);
  const { boxes, refused, kept } = page(db, send);
  const mine = adding('plum', 2);
  boxes.restore([{ bag: 'lost', operation: adding('ink', 1) }]);
  boxes.put('new', mine);
  await settled();
  assert.deepEqual(came, [['new', mine.id]]);
  assert.deepEqual(refused, [['lost', 'gone']]);
  assert.equal(boxes.waiting(), 0);
  assert.deepEqual(await kept.unsent(), []);
});
