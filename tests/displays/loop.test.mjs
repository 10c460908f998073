/* What plays next, decided by the pure module alone. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { emptyWorld, hindrance, next, received, started, upcoming } from '../../displays/player/loop.js';
import { absorbed, awaitsLoop } from '../../displays/player/documents.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function spot(id, kind = 'evergreen', more = {}) {
  const live = ['post', 'post_item', 'trend'].includes(kind);
  return { id, kind, card: 'card-' + id, pictures: [], fonts: [], variants: [], seconds: 10, live, at: '2026-11-22T10:00:00Z', from: null, until: null, ...more };
}

function worldOf(spots, more = {}) {
  const screen = { screen: 's', loop: 'loop:x', stores: [{ id: '3', name: 'Oxford Street', minutes: 8 }], range_minutes: 10 };
  const world = absorbed({ ...emptyWorld(), trusted: true, screen }, 'loop:x', { mode: 'live', spots });
  return { ...world, ...more };
}

function ready(world) {
  return { ...world, ready: Object.fromEntries(world.loop.spots.map((one) => [one.card, true])) };
}

/** Play on for a while and tell what was shown. */
function play(world, turns) {
  const shown = [];
  let now = NOW;
  for (let turn = 0; turn < turns; turn += 1) {
    const decision = next(world, now);
    assert.equal(decision.action, turn && shown[turn - 1] === decision.spot.id ? 'again' : 'show');
    shown.push(decision.spot.id);
    world = started(world, decision.spot, now);
    now += decision.spot.seconds * 1000;
  }
  return shown;
}

test('spots play in their order, round and round', () => {
  assert.deepEqual(play(worldOf([spot('a'), spot('b'), spot('c')]), 7), ['a', 'b', 'c', 'a', 'b', 'c', 'a']);
});

test('a single spot stands on as one play after the other', () => {
  assert.deepEqual(play(worldOf([spot('a')]), 3), ['a', 'a', 'a']);
});

test('a spot stands its time and not longer', () => {
  const world = started(worldOf([spot('a'), spot('b')]), spot('a'), NOW);
  assert.deepEqual(next(world, NOW + 9999), { action: 'keep', spot: null, reason: null, until: NOW + 10000 });
  assert.equal(next(world, NOW + 10000).spot.id, 'b');
  assert.equal(next(world, NOW + 10000).reason, null);
});

test('a newly approved card cuts an evergreen card after it has stood three seconds, once it is decoded', () => {
  let world = started(worldOf([spot('a'), spot('b')]), spot('a'), NOW);
  world = received(world, { mode: 'live', spots: [spot('a'), spot('b'), spot('new', 'post')] });
  assert.equal(next(world, NOW + 5000).action, 'keep', 'not decoded yet');
  assert.equal(upcoming(world, NOW).id, 'new', 'but it is what is to be decoded next');
  world = ready(world);
  assert.equal(next(world, NOW + 1000).until, NOW + 3000);
  assert.deepEqual([next(world, NOW + 3000).spot.id, next(world, NOW + 3000).reason], ['new', 'cut']);
});

test('a newly approved card waits for a post to end, and then plays next', () => {
  let world = started(worldOf([spot('p', 'post'), spot('b')]), spot('p', 'post'), NOW);
  world = ready(received(world, { mode: 'live', spots: [spot('p', 'post'), spot('b'), spot('c'), spot('new', 'post')] }));
  assert.equal(next(world, NOW + 9000).action, 'keep');
  assert.equal(next(world, NOW + 10000).spot.id, 'new');
});

test('after a card that jumped the queue the order goes on where it was', () => {
  let world = started(worldOf([spot('a'), spot('b'), spot('c')]), spot('a'), NOW);
  world = ready(received(world, { mode: 'live', spots: [spot('a'), spot('b'), spot('c'), spot('new', 'post')] }));
  world = started(world, next(world, NOW + 3000).spot, NOW + 3000);
  assert.equal(next(world, NOW + 13000).spot.id, 'b');
  assert.deepEqual(world.fresh, []);
});

test('of several newly approved cards the newest plays first', () => {
  const [older, newer] = [spot('older', 'post', { at: '2026-11-22T11:00:00Z' }), spot('newer', 'post', { at: '2026-11-22T11:30:00Z' })];
  const world = ready(received(worldOf([spot('a')]), { mode: 'live', spots: [newer, spot('a'), older] }));
  assert.deepEqual(world.fresh, ['newer', 'older']);
  assert.equal(next(world, NOW).spot.id, 'newer');
});

test('in a flood of posts every fourth card is one of the order', () => {
  let world = worldOf([spot('call', 'call'), spot('house')]);
  const posts = Array.from({ length: 8 }, (_, n) => spot('p' + n, 'post'));
  world = ready(received(world, { mode: 'live', spots: [spot('call', 'call'), spot('house')].concat(posts) }));
  const shown = play(world, 12).map((id) => (id[0] === 'p' ? 'p' : id));
  assert.deepEqual(shown.slice(0, 8), ['p', 'p', 'p', 'call', 'p', 'p', 'p', 'house']);
});

test('the turn after a flood goes to a card that is no post, and nothing new cuts it', () => {
  const order = [spot('old1', 'post'), spot('old2', 'post'), spot('trend', 'trend'), spot('old3', 'post')];
  let world = ready(received(worldOf(order), { mode: 'live', spots: order.concat([spot('p', 'post')]) }));
  world = Object.assign(world, { jumps: 3, current: { spot: spot('old3', 'post'), started: NOW - 60000 } });
  assert.equal(next(world, NOW).spot.id, 'trend');
  const turn = started(world, spot('trend', 'trend'), NOW);
  assert.deepEqual([next(turn, NOW + 5000).action, next(turn, NOW + 60000).spot.id], ['keep', 'p']);
});

test('a withdrawn post goes at once, an evergreen card that left the loop stands its time', () => {
  const post = started(worldOf([spot('p', 'post'), spot('a')]), spot('p', 'post'), NOW);
  assert.deepEqual([next(received(post, { spots: [spot('a')] }), NOW + 1).reason, next(received(post, { spots: [spot('a')] }), NOW + 1).spot.id], ['withdrawn', 'a']);
  const evergreen = started(worldOf([spot('a'), spot('b')]), spot('a'), NOW);
  assert.equal(next(received(evergreen, { spots: [spot('b')] }), NOW + 1).action, 'keep');
});

test('a withdrawn post leaves even when nothing else can play', () => {
  const world = received(started(worldOf([spot('p', 'post')]), spot('p', 'post'), NOW), { spots: [] });
  assert.deepEqual([next(world, NOW + 1).action, next(world, NOW + 1).reason], ['slate', 'withdrawn']);
});

test('a post whose card was replaced goes at once: those bytes are no longer approved', () => {
  const world = received(started(worldOf([spot('p', 'post')]), spot('p', 'post'), NOW), { spots: [spot('p', 'post', { card: 'other' })] });
  assert.deepEqual([next(world, NOW + 1).reason, next(world, NOW + 1).spot.card], ['withdrawn', 'other']);
});

test("a merchandiser's edit of an evergreen card waits for its end", () => {
  const world = received(started(worldOf([spot('a')]), spot('a'), NOW), { spots: [spot('a', 'evergreen', { card: 'other' })] });
  assert.equal(next(world, NOW + 1).action, 'keep');
  assert.deepEqual([next(world, NOW + 10000).action, next(world, NOW + 10000).spot.card], ['show', 'other']);
});

test('the order goes on from its place when the spot that stood has left the loop', () => {
  let world = started(worldOf([spot('a'), spot('b'), spot('c'), spot('d')]), spot('b'), NOW);
  world = received(world, { spots: [spot('a'), spot('c'), spot('d')] });
  assert.equal(next(world, NOW + 10000).spot.id, 'c');
});

test('without trust only evergreen and call cards play, and a live card that stands goes', () => {
  const spots = [spot('p', 'post'), spot('t', 'trend', { live: false }), spot('c', 'call'), spot('a')];
  assert.deepEqual(play(worldOf(spots, { trusted: false }), 4), ['c', 'a', 'c', 'a']);
  const world = { ...started(worldOf(spots), spots[0], NOW), trusted: false };
  assert.deepEqual([next(world, NOW + 1).reason, next(world, NOW + 1).spot.id], ['lease', 'c']);
});

test('the red button takes what stems from posts off at once', () => {
  const spots = [spot('p', 'post'), spot('a')];
  const world = received(started(worldOf(spots), spots[0], NOW), { mode: 'evergreen', spots });
  assert.deepEqual([next(world, NOW + 1).reason, next(world, NOW + 1).spot.id], ['takeover', 'a']);
});

test('a spot plays from its beginning and until its end, by server time', () => {
  const world = worldOf([spot('early', 'evergreen', { from: '2026-11-22T12:00:01Z' }), spot('late', 'evergreen', { until: '2026-11-22T12:00:00Z' })]);
  assert.deepEqual(next(world, NOW), { action: 'slate', spot: null, reason: null, until: NOW + 1000 });
  assert.equal(next(world, NOW + 1000).spot.id, 'early');
});

test('a live card goes when its time is over, in the middle of its standing', () => {
  const post = spot('p', 'post', { until: '2026-11-22T12:00:05Z' });
  const world = started(worldOf([post, spot('a')]), post, NOW);
  assert.equal(next(world, NOW + 4000).action, 'keep');
  assert.equal(next(world, NOW + 5000).reason, 'withdrawn');
});

test('an item that no store in range holds is not shown', () => {
  const item = spot('i', 'post_item', { variants: ['v'] });
  const stock = (quantity, availability = 'in_stock') => ({ 3: { store: '3', stock: { v: { quantity, availability } } } });
  assert.equal(hindrance(worldOf([item]), item, NOW), 'stock', 'nothing is known of the store');
  assert.equal(hindrance(worldOf([item], { stores: stock(0) }), item, NOW), 'stock');
  assert.equal(hindrance(worldOf([item], { stores: stock(3, 'out_of_stock') }), item, NOW), 'stock');
  assert.equal(hindrance(worldOf([item], { stores: stock(3) }), item, NOW), null);
  assert.equal(hindrance(worldOf([item], { stores: stock(null, 'limited') }), item, NOW), null);
  const far = worldOf([item], { stores: stock(3) });
  far.screen = { ...far.screen, range_minutes: 7 };
  assert.equal(hindrance(far, item, NOW), 'stock', 'eight minutes are out of range');
});

test('a card that failed here is left out until its time', () => {
  const world = worldOf([spot('a'), spot('b')], { barred: { 'card-a': NOW + 1000 } });
  assert.equal(next(world, NOW).spot.id, 'b');
  assert.equal(next({ ...world, barred: { 'card-a': NOW + 1000, 'card-b': NOW + 500 } }, NOW).until, NOW + 500);
});

test('the first document tells nothing new, and a spot is new only once', () => {
  let world = worldOf([spot('p', 'post')]);
  assert.deepEqual(world.fresh, []);
  world = received(world, { spots: [] });
  world = received(world, { spots: [spot('p', 'post')] });
  assert.deepEqual(world.fresh, []);
});

test('a loop that is over plays nothing', () => {
  assert.equal(next(received(worldOf([spot('a')]), { gone: true }), NOW).action, 'slate');
});

test('a document of another loop, or of nothing known, changes nothing', () => {
  const world = worldOf([spot('a')]);
  assert.equal(absorbed(world, 'loop:other', { spots: [] }), world);
  assert.equal(absorbed(world, 'bag:1', {}), world);
});

test('another loop of the screen takes over when it is here, and makes nothing new', () => {
  const old = started(worldOf([spot('p', 'post'), spot('q', 'post')]), spot('p', 'post'), NOW);
  const moved = absorbed(old, 'screen:s', { ...old.screen, loop: 'loop:y' });
  assert.deepEqual([awaitsLoop(old), awaitsLoop(moved), next(moved, NOW + 1000).action], [false, true, 'keep']);
  assert.equal(absorbed(moved, 'loop:x', { gone: true, moved: null }), moved, 'the old loop may be over by now');
  const arrived = absorbed(moved, 'loop:y', { mode: 'live', spots: [spot('r', 'post'), spot('p', 'post')] });
  assert.deepEqual([awaitsLoop(arrived), arrived.fresh, next(arrived, NOW + 1000).action], [false, [], 'keep']);
  assert.equal(next(absorbed(moved, 'loop:y', { mode: 'live', spots: [spot('q', 'post')] }), NOW + 1000).reason, 'withdrawn');
  assert.equal(next(absorbed(moved, 'loop:y', null), NOW + 1000).reason, 'withdrawn', 'denied');
});

test('a screen that is no more forgets its loop at once', () => {
  const world = started(worldOf([spot('p', 'post')]), spot('p', 'post'), NOW);
  for (const doc of [{ gone: true, moved: null }, null]) {
    const over = absorbed(world, 'screen:s', doc);
    assert.deepEqual([over.loop, awaitsLoop(over), next(over, NOW + 1000).reason], [null, false, 'withdrawn']);
  }
});

test('whatever the documents say, a decision is made and shows only what may play', () => {
  let seed = 7;
  const chance = (most) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % most; };
  let world = { ...emptyWorld(), screen: { screen: 's', loop: 'loop:x' } };
  for (let now = NOW; now < NOW + 400000; now += 500) {
    if (!chance(8)) {
      const kinds = ['evergreen', 'post', 'trend', 'call', 'post_item'];
      const spots = Array.from({ length: chance(5) }, () => spot('s' + chance(9), kinds[chance(5)], { card: 'c' + chance(12), seconds: 1 + chance(9) }));
      world = received(world, { mode: chance(4) ? 'live' : 'evergreen', spots });
    }
    world = { ...world, trusted: chance(10) > 0, ready: { ['c' + chance(12)]: true }, barred: chance(5) ? {} : { ['c' + chance(12)]: now + 3000 } };
    const decision = next(world, now);
    if (decision.action === 'show' || decision.action === 'again') {
      assert.equal(hindrance(world, decision.spot, now), null);
      world = started(world, decision.spot, now);
    } else if (decision.action === 'slate') {
      world = { ...world, current: null };
    } else {
      assert.ok(world.current && decision.until > now);
      assert.ok(!world.current.spot.live || world.trusted);
    }
  }
});
