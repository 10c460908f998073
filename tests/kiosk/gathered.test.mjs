import assert from 'node:assert/strict';
import test from 'node:test';

import { createShelf } from '../../kiosk/web/tablet/range/shelf.js';
import { blank } from '../../kiosk/web/tablet/state.js';
import { gathered } from '../../kiosk/web/tablet/views/gathered.js';

const HERE = { quantity: 2, availability: 'in_stock', as_of: '' };
const OUT = { quantity: 0, availability: 'out_of_stock', as_of: '' };
const item = (id, stock = HERE) => ({ id, product: id.split('-')[0], title: id, brand: '', type: '', colour: '', swatch: null, size: '', price: null, pictures: [], gtin: null, gone: false, stock });
const goes = (id) => ({ item: item(id), why: 'brand', data: { brand: 'House' } });
const post = (url) => ({ url, text: url });

test('a bag is surrounded by what goes with its things in turns, never by what is in it, and by shades for what is not here', () => {
  const items = [item('lip-red', OUT), item('dress-ink'), item('lip-plum'), item('lip-far', OUT), item('bag-wine'), item('coat-ink'), item('shoe-ink')];
  const detail = (own, more) => ({ item: own, shades: [], sizes: [], stock: [], goes_with: [], said: [], trends: [], ...more });
  const state = {
    ...blank(), shelf: createShelf(items), bag: [{ variant: 'lip-red' }, { variant: 'dress-ink' }, { variant: 'hat-x' }],
    details: {
      'lip-red': detail(items[0], { goes_with: [goes('dress-ink'), goes('bag-wine'), goes('coat-ink')], said: [post('a')],
        next_to: [{ item: items[2], why: 'next', data: { how: 'deeper' } }, { item: items[3], why: 'next', data: { how: 'same' } }] }),
      'dress-ink': detail(items[1], { goes_with: [goes('shoe-ink'), goes('bag-wine')], said: [post('a'), post('b')], alike: [{ post: post('c') }] }),
      'hat-x': 'fetching',
    },
  };
  const found = gathered(/** @type {any} */ (state));
  assert.deepEqual(found.goes.map(({ item: one, words }) => [one.id, words]), [
    ['shoe-ink', 'With dress-ink: Also by House'], ['bag-wine', 'With lip-red: Also by House'], ['coat-ink', 'With lip-red: Also by House'],
  ]);
  assert.deepEqual(found.next.map(({ item: one, words }) => [one.id, words]), [['lip-plum', 'Instead of lip-red: A little deeper']]);
  assert.deepEqual([found.said.map(({ url }) => url), found.alike.length], [['a', 'b'], 1]);
});
