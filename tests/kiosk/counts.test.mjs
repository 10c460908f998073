import assert from 'node:assert/strict';
import test from 'node:test';

import { createCounts, dayIn } from '../../kiosk/web/tablet/counts.js';
import { inMemory } from '../../server/core/web/device/database.js';

/** @param {any} [db] */
function tablet(db = inMemory(['meta']), answers = []) {
  const sent = [];
  let serial = 0;
  const counts = createCounts({
    db, day: () => '2026-11-22', id: () => `batch-${++serial}-${Math.random()}`,
    async send(batch) {
      sent.push(structuredClone(batch));
      const answer = answers.shift() ?? 204;
      if (answer === 'lost') throw new TypeError('no network');
      return /** @type {any} */ ({ ok: answer < 400, status: answer });
    },
  });
  return { db, counts, sent };
}

test('a thing is counted once a visit, and once more in the next', async () => {
  const { db, counts } = tablet();
  for (let n = 0; n < 3; n += 1) await counts.count('view', 'stain');
  await counts.count('bag', 'stain');
  const next = tablet(db);
  await next.counts.count('view', 'stain');
  await next.counts.flush();
  assert.deepEqual(next.sent[0].counts, [
    { day: '2026-11-22', variant: 'stain', kind: 'view', n: 2 }, { day: '2026-11-22', variant: 'stain', kind: 'bag', n: 1 },
  ]);
  await next.counts.flush();
  assert.equal(next.sent.length, 1, 'and then nothing is left');
});

test('a batch of which nobody heard is sent again as it was, also by a later page, and what came meanwhile goes in the next', async () => {
  const first = tablet(undefined, ['lost', 500]);
  await first.counts.count('view', 'stain');
  await first.counts.flush();
  await first.counts.count('scan', 'slip');
  await first.counts.flush();
  first.counts.stop();
  const later = tablet(first.db);
  await later.counts.flush();
  const [one, two] = first.sent;
  assert.deepEqual(one, two);
  assert.deepEqual(later.sent[0], one);
  assert.deepEqual(later.sent[1].counts.map(({ variant, kind }) => [variant, kind]), [['slip', 'scan']]);
});

test('a batch that the server will never take is let go of, so that others follow', async () => {
  const { counts, sent } = tablet(undefined, [400, 204]);
  await counts.count('view', 'stain');
  await counts.flush();
  await counts.count('view', 'slip');
  await counts.flush();
  assert.equal(sent.length, 2);
  assert.notEqual(sent[0].id, sent[1].id);
});

test('a day is the store’s own', () => {
  const late = Date.UTC(2026, 10, 22, 23, 30);
  assert.equal(dayIn(late, 'Europe/London'), '2026-11-22');
  assert.equal(dayIn(late, 'Europe/Oslo'), '2026-11-23');
});
