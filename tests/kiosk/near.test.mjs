import assert from 'node:assert/strict';
import { test } from 'node:test';

import { directions, metres, minutes, nearest } from '../../kiosk/web/phone/near.js';
import { keep, MOST, shown } from '../../kiosk/web/phone/pictures.js';
import { firstWith, standing } from '../../kiosk/web/phone/stock.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const store = (id, latitude, longitude) => ({ id, name: `Store ${id}`, address: '', latitude, longitude, time_zone: 'UTC', hours: {}, exceptions: {} });
const stock = (quantity, availability = 'in_stock', hours = 1) => ({ quantity, availability, as_of: new Date(NOW - hours * 3600e3).toISOString() });

test('the stores round the corner come first, reckoned from the position alone, and one without a place never', () => {
  const stores = [store('COV', 51.51256, -0.12438), store('OXF', 51.51527, -0.14035), store('WEB', null, null), store('OSL', 59.91268, 10.74231)];
  const found = nearest(stores, { latitude: 51.514, longitude: -0.143 }, 2);
  assert.deepEqual(found.map(({ id, metres: away }) => [id, away]), [['OXF', 231], ['COV', 1298]]);
  assert.equal(Math.round(metres({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 })), 111195);
});

test('a walk is told in whole minutes, rounded up, as long as somebody would walk it', () => {
  assert.deepEqual([1, 61, 62, 800, 2769, 2770].map(minutes), [1, 1, 2, 13, 45, null]);
});

test('the way is opened in the app that the phone has, and in a page only where there is none', () => {
  const oxford = { ...store('OXF', 51.5, -0.14), name: 'King’s & Road' };
  assert.equal(directions(oxford, 'Mozilla/5.0 (Linux; Android 15)'), 'geo:51.5,-0.14?q=51.5,-0.14(King%E2%80%99s%20%26%20Road)');
  assert.match(directions(oxford, 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)'), /^maps:\?daddr=51\.5,-0\.14&/);
  assert.match(directions(oxford, 'Mozilla/5.0 (X11; Linux x86_64)'), /^https:\/\/www\.openstreetmap\.org\/directions\?to=51\.5%2C-0\.14$/);
  assert.equal(directions(store('WEB', null, null), 'Android'), '');
});

test('what a store has is judged as the server judges it: an old count is not told, and none is none', () => {
  assert.equal(standing(undefined, NOW), 'none');
  assert.equal(standing(stock(0), NOW), 'none');
  assert.equal(standing(stock(5, 'out_of_stock'), NOW), 'none');
  assert.equal(standing(stock(5, 'in_stock', 40), NOW), 'ask');
  assert.equal(standing(stock(9), NOW), 'left');
  assert.equal(standing(stock(10), NOW), 'there');
  assert.equal(standing(stock(null, 'limited'), NOW), 'few');
});

test('the nearest store that has a thing is named, however many nearer ones have none', () => {
  const shelves = { A: { at: NOW, asked: ['x'], stock: { x: stock(0) } }, B: { at: NOW, asked: ['x'], stock: { x: stock(2) } } };
  assert.equal(firstWith('x', [store('A', 0, 0), store('C', 0, 0), store('B', 0, 0)], shelves, NOW).id, 'B');
  assert.equal(firstWith('y', [store('A', 0, 0)], shelves, NOW), null);
});

test('of a picture the rendition that a phone needs is shown, the largest where all are smaller', () => {
  assert.deepEqual(shown([['a', 240, 240], ['b', 640, 640], ['c', 1200, 1200]]), ['b', 640, 640]);
  assert.deepEqual(shown([['a', 240, 240]]), ['a', 240, 240]);
  assert.equal(shown([]), null);
});

test('pictures of what is in the bag are kept, at most a hundred, and those of what is not are thrown away', async () => {
  const held = new Map([['https://x.test/media/old', 1], ['https://x.test/media/1', 1]]);
  const cache = {
    keys: async () => [...held.keys()].map((url) => ({ url })),
    delete: async (url) => held.delete(url),
    add: async (path) => { if (path === '/media/2') throw new TypeError('no network'); held.set(`https://x.test${path}`, 1); },
  };
  await keep({ open: async () => cache }, ['/media/1', '/media/2', '/media/3']);
  assert.deepEqual([...held.keys()], ['https://x.test/media/1', 'https://x.test/media/3']);
  await keep({ open: async () => cache }, Array.from({ length: 150 }, (_, index) => `/media/n${index}`));
  assert.equal(held.size, MOST);
});
