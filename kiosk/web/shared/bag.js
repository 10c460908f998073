/** The rule of the bag, as the server has it: a removal names the adds that it saw and takes out those alone. Pure. */

import { uuid } from './ids.js';

/** @typedef {{screen?: string, spot?: string}} Seen where the shopper met it */
/** @typedef {{id: string, kind: 'add'|'remove', variant?: string, adds?: string[], made_at: number, seen?: Seen}} Operation made_at in ms since 1970 */
/** @typedef {{variant: string, adds: string[], at: string, seen: Seen}} Item at: ISO, when it was first added */

/** Different variants in a bag at most. */
export const MOST_ITEMS = 200;

/** @param {string} variant @param {number} now ms @param {Seen} [seen] @returns {Operation} */
export function adding(variant, now, seen) {
  return { id: uuid(), kind: 'add', variant, made_at: now, ...(seen && Object.keys(seen).length ? { seen } : {}) };
}

/** @param {Item} item as it is seen here @param {number} now ms @returns {Operation} */
export function removing(item, now) {
  return { id: uuid(), kind: 'remove', adds: [...item.adds], made_at: now };
}

/**
 * What is in the bag, with what this device has done and not yet seen come back.
 * @param {Item[]} items the server's, newest first @param {Operation[]} pending in the order in which they were made @returns {Item[]}
 */
export function applied(items, pending) {
  const removed = new Set(pending.flatMap((operation) => operation.adds || []));
  const known = new Set(items.flatMap((item) => item.adds));
  /** @type {Map<string, Item>} */
  const held = new Map();
  for (const item of items) {
    const adds = item.adds.filter((id) => !removed.has(id));
    if (adds.length) held.set(item.variant, { ...item, adds });
  }
  for (const { id, kind, variant, made_at, seen } of pending) {
    if (kind !== 'add' || !variant || known.has(id) || removed.has(id)) continue;
    const there = held.get(variant);
    held.set(variant, there ? { ...there, adds: [...there.adds, id] } : { variant, adds: [id], at: new Date(made_at).toISOString(), seen: seen || {} });
  }
  return [...held.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.variant < b.variant ? 1 : -1));
}
