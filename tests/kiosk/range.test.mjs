import assert from 'node:assert/strict';
import test from 'node:test';

import { createKeeping, MOST } from '../../kiosk/web/tablet/range/keeping.js';
import { createPictures, wanted } from '../../kiosk/web/tablet/range/pictures.js';
import { ANYTHING, createShelf, folded } from '../../kiosk/web/tablet/range/shelf.js';
import { inMemory } from '../../server/core/web/device/database.js';

const item = (id, more = {}) => ({
  id, product: id.split('-')[0], title: id, brand: 'House', type: 'Beauty > Lips > Lipstick', colour: id, swatch: '#8e1c2b', family: 'red', size: '',
  price: { amount: 2400, currency: 'GBP', digits: 2, was: null }, pictures: [[`s${id}`, 240, 240], [`l${id}`, 640, 640]], gtin: null, gone: false,
  stock: { quantity: 3, availability: 'in_stock', as_of: '2026-11-22T10:00:00Z' }, words: folded(`${id} ${more.words || ''}`), ...more,
});
const OUT = { quantity: 0, availability: 'out_of_stock', as_of: '' };
const shelf = createShelf([
  item('stain-madder', { words: 'velvet lipstick madder red', gtin: '09526010100017', stock: OUT }), item('stain-plum', { words: 'velvet lipstick late plum', family: 'purple' }),
  item('slip-ink', { words: 'bias slip dress ink', type: 'Fashion > Dresses', family: 'blue', brand: 'Nord' }), item('balm-clear', { words: 'lip balm', swatch: null, family: '' }),
]);
const ids = (wish) => shelf.tiles({ ...ANYTHING, ...wish }).map(({ item: one }) => one.id);

test('a product is one tile, by the variant that is here', () => {
  assert.deepEqual(ids({ type: 'Lipstick' }), ['stain-plum', 'balm-clear']);
  assert.deepEqual(ids({ q: 'madder' }), ['stain-madder']);
});

test('words are found by their beginnings, whatever their case and accents', () => {
  assert.deepEqual(ids({ q: 'VEL plû' }), ['stain-plum']);
  assert.deepEqual(ids({ q: 'lvet' }), []);
  assert.equal(folded('Đồng Khởi, blåbærøl — L’Été'), 'dong khoi blabaerol l ete');
});

test('a slip of a word that nothing begins with is what was meant', () => {
  assert.deepEqual(ids({ q: 'lisptick madedr' }), ['stain-madder']);
  assert.deepEqual(ids({ q: 'velvte' }), ids({ q: 'velvet' }));
  assert.deepEqual(ids({ q: 'dres' }), ['slip-ink'], 'a beginning is no slip');
  assert.deepEqual(ids({ q: 'sip' }), [], 'short words are none either');
  assert.deepEqual(ids({ q: 'mipspick' }), [], 'two slips and another first letter: hardly');
});

test('what can be chosen is counted among what fits the rest', () => {
  assert.deepEqual(shelf.facets('type', ANYTHING).map(({ name, count }) => [name, count]), [['Lipstick', 2], ['Dresses', 1]]);
  assert.deepEqual(shelf.facets('brand', { ...ANYTHING, type: 'Dresses' }).map(({ name }) => name), ['Nord']);
  assert.deepEqual(ids({ family: 'purple' }), ['stain-plum']);
});

test('five thousand variants are searched within a frame', () => {
  const many = createShelf(Array.from({ length: MOST }, (_, at) => item(`p${at >> 2}-${at}`, { words: `lipstick number ${at}` })));
  const began = performance.now();
  assert.equal(many.tiles({ ...ANYTHING, q: 'lips numb 42' }).length > 10, true);
  assert.ok(performance.now() - began < 100, String(performance.now() - began));
  const slip = performance.now();
  assert.equal(many.tiles({ ...ANYTHING, q: 'lisptick 42' }).length > 10, true);
  assert.ok(performance.now() - slip < 200, String(performance.now() - slip));
  assert.equal(many.get('p10-40')?.id, 'p10-40');
});

/** A server with a range of `count` items in version `v`. */
function serving(state) {
  const asked = [];
  return {
    asked,
    ask: async (path, { headers } = {}) => {
      asked.push(path);
      const after = Number(new URL(path, 'http://x').searchParams.get('after') || 0);
      if (!after && headers?.['If-None-Match'] === `"${state.v}"`) return new Response(null, { status: 304 });
      const items = Array.from({ length: Math.min(500, state.count - after) }, (_, index) => item(`a-${after + index}`));
      const next = after + 500 < state.count ? String(after + 500) : null;
      return Response.json({ version: state.v, items, next, total: state.count, bounded: false }, { headers: { ETag: `"${state.v}"` } });
    },
  };
}

test('a range comes in pages, is found again after a restart, and is asked for only when it changed', async () => {
  const state = { v: 'one', count: 1200 };
  const { ask, asked } = serving(state);
  const db = inMemory(['meta', 'pages']);
  const seen = [];
  const make = () => createKeeping({ db, ask, now: () => 5, changed: (items) => seen.push(items.length) });
  assert.equal(await make().refresh('OXF'), true);
  const again = make();
  assert.equal(await again.load(), true);
  assert.equal(await again.refresh('OXF'), true);
  assert.deepEqual([seen, asked.length], [[500, 1200, 1200], 4], 'the first page shows before the others are here');
  Object.assign(state, { v: 'two', count: 100 });
  assert.equal(await again.refresh('OXF'), true);
  assert.deepEqual([seen.at(-1), await db.count('pages')], [100, 1]);
});

test('no more than the bound is kept, whatever a server says', async () => {
  const { ask } = serving({ v: 'vast', count: 9000 });
  let size = 0;
  await createKeeping({ db: inMemory(['meta', 'pages']), ask, now: () => 0, changed: (items) => { size = items.length; } }).refresh('OXF');
  assert.equal(size, MOST);
});

test('a range that changes while it comes is not kept half', async () => {
  const state = { v: 'one', count: 900 };
  const { ask } = serving(state);
  const turning = (path, how) => ask(path, how).finally(() => { state.v = 'two'; });
  const keeping = createKeeping({ db: inMemory(['meta', 'pages']), ask: turning, now: () => 0, changed: () => undefined });
  assert.equal(await keeping.refresh('OXF'), false);
  assert.equal(keeping.catalogue(), null);
});

/** Cache Storage in memory. */
function storage() {
  const held = new Map();
  const url = (request) => new URL(request.url || request, 'http://x').href;
  const cache = {
    keys: async () => [...held.keys()].map((key) => ({ url: key })), match: async (request) => held.get(url(request)),
    put: async (request, answer) => void held.set(url(request), answer), delete: async (request) => held.delete(url(request)),
  };
  return { held, caches: { open: async () => cache, delete: async () => held.clear() } };
}

test('small pictures come first, and the budget is kept to', async () => {
  const items = [item('a-1'), item('a-2'), item('a-3')];
  assert.deepEqual(wanted(items).slice(0, 4), ['/media/sa-1', '/media/sa-2', '/media/sa-3', '/media/la-1']);
  const { held, caches } = storage();
  let asked = 0;
  const fetch = async () => { asked += 1; return new Response(new Uint8Array(100)); };
  const pictures = createPictures({ caches, name: 'p', fetch, budget: 450 });
  await pictures.keep(items);
  assert.deepEqual([pictures.bytes(), held.size, held.has('http://x/media/sa-3')], [400, 4, true]);
  await pictures.keep(Array.from({ length: 50 }, (_, n) => item(`a-${n + 1}`)));
  assert.ok(asked < 4 + 2 * 4, 'what would not be kept is not fetched either');
  await pictures.keep([item('a-3')]);
  assert.deepEqual([...held.keys()].sort(), ['http://x/media/la-3', 'http://x/media/sa-3']);
});
