import assert from 'node:assert/strict';
import test from 'node:test';

import { createFinding } from '../../kiosk/web/tablet/finding.js';
import { createState } from '../../kiosk/web/tablet/state.js';
import { reason } from '../../kiosk/web/tablet/parts/why.js';

const told = (id, said) => ({ item: { id }, shades: [], sizes: [], stock: [], goes_with: [], said, trends: [] });
const settled = () => new Promise((resolve) => { setImmediate(resolve); });

/** A tablet with two pages that were opened, the first of them open now; `answers` are given to those who ask, when the test says so. */
async function opened() {
  const store = createState(() => undefined);
  const asked = [];
  const server = { read: (path) => new Promise((resolve, reject) => { asked.push({ id: /id=(\w+)/.exec(path)[1], resolve, reject }); }) };
  const finding = createFinding({ store, server });
  store.set({ kiosk: { store: { id: 'OXF' } }, view: { name: 'product', id: 'lip' } });
  for (const id of ['dress', 'lip']) {
    finding.detail(id);
    asked.shift().resolve(told(id, ['heard', 'unheard']));
    await settled();
  }
  return { store, finding, asked, said: (id) => store.now().details[id].said };
}

test('a withdrawn post leaves the page that is open as soon as the server has answered, and other pages at once', async () => {
  const { finding, asked, said } = await opened();
  finding.renew();
  assert.deepEqual([said('lip'), said('dress')], [['heard', 'unheard'], []]);
  assert.deepEqual(asked.map(({ id }) => id), ['lip']);
  asked.shift().resolve(told('lip', ['heard']));
  await settled();
  assert.deepEqual(said('lip'), ['heard']);
  finding.detail('lip');
  assert.equal(asked.length, 0, 'what is known is not asked for');
  finding.detail('dress');
  asked.shift().resolve(told('dress', ['heard']));
  await settled();
  assert.deepEqual(said('dress'), ['heard']);
});

test('nothing that was said stays where the server does not answer in a second, or at all', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const slow = await opened();
  slow.finding.renew();
  t.mock.timers.tick(1000);
  assert.deepEqual(slow.said('lip'), []);
  slow.asked.shift().resolve(told('lip', ['heard']));
  await settled();
  assert.deepEqual(slow.said('lip'), ['heard']);

  const cut = await opened();
  cut.finding.renew();
  cut.asked.shift().reject(new Error('no network'));
  await settled();
  assert.deepEqual(cut.said('lip'), []);
  cut.finding.detail('lip');
  assert.equal(cut.asked.length, 1, 'it is asked for when it is opened again');
});

test('what was said goes when the lease is over, and is asked for again on the open page when the server is heard', async () => {
  const { finding, asked, said } = await opened();
  finding.again();
  assert.equal(asked.length, 0, 'what still stands is not asked for');
  finding.lapse();
  assert.deepEqual([said('lip'), said('dress')], [[], []]);
  finding.lapse();
  finding.again();
  assert.deepEqual(asked.map(({ id }) => id), ['lip']);
  asked.shift().resolve(told('lip', ['heard']));
  await settled();
  assert.deepEqual([said('lip'), said('dress')], [['heard'], []]);
});

test('an answer from before a withdrawal is asked for again', async () => {
  const { store, finding, asked, said } = await opened();
  store.set({ view: { name: 'product', id: 'new' } });
  finding.detail('new');
  finding.renew();
  asked.shift().resolve(told('new', ['unheard']));
  await settled();
  assert.equal(store.now().details.new, 'fetching');
  asked.shift().resolve(told('new', []));
  await settled();
  assert.deepEqual(said('new'), []);
});

test('why something goes with an item is said in few words, and nothing where it is not known', () => {
  assert.equal(reason('look', { word: 'cherry red' }), 'Shown together: cherry red');
  assert.equal(reason('brand', { brand: 'House' }), 'Also by House');
  assert.equal(reason('colour', {}), 'Close in colour');
  assert.equal(reason('shade', { name: 'Ink' }), 'The same shade');
  assert.equal(reason('stars', {}), '');
});

test('why a shade stands beside another, and a post beside a thing that it does not speak of, is told in words', () => {
  assert.equal(reason('next', { how: 'deeper' }), 'A little deeper');
  assert.equal(reason('near', { how: 'same', brand: 'Atelier' }), 'Nearly the same shade, by Atelier');
  assert.equal(reason('near', { how: 'same', brand: '' }), 'Nearly the same shade');
  assert.equal(reason('like', { kind: 'Lipstick', family: 'red' }), 'Also Lipstick in Red');
});
