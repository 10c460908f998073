/** Replays steps through the player's own loop: JSON lines of scenarios in, JSON lines of what it decided out. */

import { createInterface } from 'node:readline';
import { emptyWorld, next, received, started } from '../../displays/player/loop.js';

/** @param {any[]} steps @returns {any[]} */
function replay(steps) {
  let world = emptyWorld();
  const decided = [];
  for (const [what, value] of steps) {
    if (what === 'screen') world = { ...world, screen: value };
    else if (what === 'store') world = { ...world, stores: { ...world.stores, [value.store]: value } };
    else if (what === 'loop') world = received(world, value);
    else if (what === 'trusted') world = { ...world, trusted: value };
    else if (what === 'ready') world = { ...world, ready: Object.fromEntries(value.map((card) => [card, true])) };
    else {
      const decision = next(world, value);
      decided.push([decision.action, decision.spot && decision.spot.id, decision.reason, decision.until]);
      if (decision.spot) world = started(world, decision.spot, value);
      else if (decision.action === 'slate') world = { ...world, current: null };
    }
  }
  return decided;
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(replay(JSON.parse(line))));
