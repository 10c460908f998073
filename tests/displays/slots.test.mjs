// What a card's slots say: run by `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, priceParts, timeLine, whereLines } from '../../displays/player/slots.js';
import { opening } from '../../server/core/web/device/hours.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const hours = (...span) => Object.fromEntries(DAYS.map((day) => [day, [span]]));
const NOON = Date.parse('2026-11-23T12:00:00Z'); // a Monday
const AS_OF = '2026-11-23T11:00:00Z';

function world(changes = {}, { now = NOON, language = 'en', minutes = [8, 4] } = {}) {
  const stores = {
    1: { name: 'Oxford Street', time_zone: 'Europe/London', hours: hours('09:30', '20:00'), exceptions: {},
      stock: { v: { quantity: 3, availability: 'in_stock', as_of: AS_OF } }, prices: { v: { amount: 1450, currency: 'GBP', was: 1800 } } },
    2: { name: 'Seven Dials', time_zone: 'Europe/London', hours: hours('10:00', '19:00'), exceptions: {},
      stock: { v: { quantity: 0, availability: 'out_of_stock', as_of: AS_OF } }, prices: {} },
  };
  for (const id of Object.keys(changes)) Object.assign(stores[id], changes[id]);
  return { now, qr: null, stores, screen: { language, time_zone: 'Europe/London', stock_max_age_seconds: 7200,
    stores: [{ id: '1', name: 'Oxford Street', minutes: minutes[0] }, { id: '2', name: 'Seven Dials', minutes: minutes[1] }] } };
}

const stock = (quantity, as_of = AS_OF, availability = 'in_stock') => ({ stock: { v: { quantity, availability, as_of } } });

test('the nearest store that has it is named with what is left and the walk', () => {
  assert.deepEqual(whereLines(['v'], world()), ['3 left at Oxford Street, 8 minutes’ walk', '3 left at Oxford Street']);
  assert.equal(whereLines(['v'], world({ 2: stock(1) }, { minutes: [8, 1] }))[0], '1 left at Seven Dials, 1 minute’s walk');
});

test('a large count, an unknown one and an old one are not printed', () => {
  assert.equal(whereLines(['v'], world({ 1: stock(40) }))[0], 'In stock at Oxford Street, 8 minutes’ walk');
  assert.equal(whereLines(['v'], world({ 1: stock(null) }))[0], 'In stock at Oxford Street, 8 minutes’ walk');
  assert.equal(whereLines(['v'], world({ 1: stock(3, '2026-11-23T09:00:00Z') }))[0], 'At Oxford Street, 8 minutes’ walk');
});

test('a closed store is named with its opening time, today, tomorrow or on its day', () => {
  const early = Date.parse('2026-11-23T08:00:00Z');
  assert.equal(whereLines(['v'], world({}, { now: early }))[1], 'Oxford Street opens at 09:30');
  assert.equal(whereLines(['v'], world({}, { now: Date.parse('2026-11-23T21:00:00Z') }))[1], 'Oxford Street opens tomorrow at 09:30');
  const shut = { 1: { exceptions: { '2026-11-23': [], '2026-11-24': [] } } };
  assert.equal(whereLines(['v'], world(shut))[1], 'Oxford Street opens Wednesday at 09:30');
});

test('a store that will be open on arrival goes before a nearer closed one', () => {
  const facts = world({ 2: Object.assign(stock(5), { hours: hours('17:00', '19:00') }) });
  assert.equal(choose(['v'], facts).name, 'Oxford Street');
});

test('a store that closes before one gets there counts as closed', () => {
  const facts = world({}, { now: Date.parse('2026-11-23T19:55:00Z') });
  assert.equal(choose(['v'], facts).opening.open, false);
});

test('where no store near here has it nothing is said', () => {
  assert.deepEqual(whereLines(['v'], world({ 1: stock(0) })), []);
  assert.deepEqual(whereLines(['w'], world()), []);
});

test('a line-up names the store with most of it', () => {
  const has = { quantity: 2, availability: 'in_stock', as_of: AS_OF };
  const facts = world({ 1: { stock: { v: has, w: has, x: has } }, 2: { stock: { v: has } } });
  assert.equal(whereLines(['v', 'w', 'x'], facts)[0], 'All 3 at Oxford Street, 8 minutes’ walk');
  assert.equal(whereLines(['v', 'w'], facts)[0], 'Both at Oxford Street, 8 minutes’ walk');
  assert.equal(whereLines(['v', 'w', 'y'], facts)[0], '2 of 3 at Oxford Street, 8 minutes’ walk');
});

test('other languages say it in their own way', () => {
  assert.equal(whereLines(['v'], world({}, { language: 'vi' }))[0], 'Còn 3 tại Oxford Street, đi bộ 8 phút');
  assert.equal(whereLines(['v'], world({}, { language: 'nb' }))[0], '3 igjen hos Oxford Street, 8 minutter å gå');
  assert.equal(whereLines(['v'], world({}, { language: 'xx' }))[0], '3 left at Oxford Street, 8 minutes’ walk');
});

test('a price is written as its language does, with the one before', () => {
  assert.deepEqual(priceParts('v', world()), { now: '£14.50', was: '£18.00' });
  const yen = world({ 1: { prices: { v: { amount: 1450, currency: 'JPY', was: null } } } });
  assert.deepEqual(priceParts('v', yen), { now: 'JP¥1,450', was: null });
  assert.equal(priceParts('w', world()), null);
  assert.equal(priceParts('v', world({ 1: { prices: { v: { amount: 1, currency: 'NOPE' } } } })), null);
});

test('a price has the decimals that the server counts in, whatever the engine is used to', () => {
  const price = (amount, currency, digits, was = null) => priceParts('v', world({ 1: { prices: { v: { amount, currency, digits, was } } } }));
  const figures = (text) => text.replace(/[^\d.,]/g, '');
  const two = ['HUF', 'IDR', 'COP', 'PKR', 'RSD'].map((currency) => figures(price(199000, currency, 2).now));
  assert.deepEqual(two, Array(5).fill('1,990.00'));
  assert.equal(figures(price(25000000, 'IQD', 3).now), '25,000.000');
  assert.equal(figures(price(1990, 'ISK', 0, 2990).was), '2,990');
});

test('a price of a document without digits is written as before', () => {
  assert.deepEqual(priceParts('v', world({ 1: { prices: { v: { amount: 1450, currency: 'GBP', was: 1800, digits: null } } } })), { now: '£14.50', was: '£18.00' });
});

test('the time of a post is told in the screen’s zone and language', () => {
  const facts = world();
  facts.screen.time_zone = 'Asia/Ho_Chi_Minh';
  assert.equal(timeLine('2026-11-23T20:15:00Z', facts), '24 November, 03:15');
  assert.equal(timeLine('2025-11-23T20:15:00Z', facts), '24 November 2025, 03:15');
  assert.equal(timeLine('soon', facts), '');
});

test('hours past midnight and a change of the clocks are told right', () => {
  const late = { time_zone: 'Europe/London', hours: hours('18:00', '02:00'), exceptions: {} };
  assert.equal(opening(late, Date.parse('2026-11-23T01:30:00Z'), 0).open, true);
  assert.equal(opening(late, Date.parse('2026-11-23T02:30:00Z'), 0).open, false);
  // Clocks go forward on 29 March 2026 in London: 09:30 there is 08:30 UTC.
  const store = { time_zone: 'Europe/London', hours: hours('09:30', '20:00'), exceptions: {} };
  assert.equal(opening(store, Date.parse('2026-03-28T22:00:00Z'), 0).at, Date.parse('2026-03-29T08:30:00Z'));
});

test('a zone’s clock is made once, however often it is read, and few are kept', (t) => {
  const made = t.mock.method(Intl, 'DateTimeFormat');
  const at = (zone) => opening({ time_zone: zone, hours: hours('09:30', '20:00'), exceptions: {} }, NOON, 0);
  const count = (zones) => { const before = made.mock.callCount(); zones.forEach(at); return made.mock.callCount() - before; };
  assert.equal(count(['Asia/Tokyo', 'Asia/Tokyo']), 1);
  assert.equal(at('Asia/Tokyo').open, false);
  assert.equal(at('Europe/Oslo').open, true);
  const many = Array.from({ length: 24 }, (_, n) => 'Etc/GMT' + (n < 12 ? '+' : '-') + (n % 12));
  assert.ok(count(many) >= 23);
  assert.equal(count(['Asia/Tokyo']), 1, 'it was let go of');
});
