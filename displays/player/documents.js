/** Keeps the screen's documents and their versions, on disk and as the world that decisions look at. */

import { needed } from './topics.js';
import { received } from './loop.js';

/** What a screen keeps under its own id. */
export const SCREEN = ['documents', 'plays', 'meta'];

/** @typedef {import('./types.js').World} World */
/** @typedef {import('../../server/core/web/device/versions.js').Entry} Entry */
/** @typedef {import('../../server/core/web/device/versions.js').Version} Version */

/**
 * Take a document into the world: pure.
 * @param {World} world @param {string} topic @param {any} doc null: no longer readable @returns {World}
 */
export function absorbed(world, topic, doc) {
  const [kind, key] = [topic.slice(0, topic.indexOf(':')), topic.slice(topic.indexOf(':') + 1)];
  if (kind === 'screen') return withScreen(world, doc);
  if (kind === 'store') return Object.assign({}, world, { stores: Object.assign({}, world.stores, { [key]: doc }) });
  if (kind !== 'loop' || !world.screen || world.screen.loop !== topic) return world;
  return doc ? withLoop(world, topic, doc) : Object.assign({}, world, { loop: null, fresh: [] });
}

/** Whether a loop plays on until another, that the screen was put into, is here. @param {World} world @returns {boolean} */
export function awaitsLoop(world) {
  return Boolean(world.loop && world.screen && world.screen.loop !== world.source);
}

/** What plays goes on until the screen's new loop is here: an edit of its labels must not blank the glass. A screen that is no more forgets at once.
 * @param {World} world @param {any} doc @returns {World} */
function withScreen(world, doc) {
  const over = !doc || doc.gone;
  return Object.assign({}, world, { screen: doc }, over ? { loop: null, cursor: null, fresh: [] } : {});
}

/** The first document of another loop makes nothing new. @param {World} world @param {string} topic @param {any} doc @returns {World} */
function withLoop(world, topic, doc) {
  const before = world.source === topic ? world : Object.assign({}, world, { loop: null, cursor: null });
  return Object.assign(received(before, doc), { source: topic });
}

/** @param {string} id of the screen @param {import('../../server/core/web/device/database.js').Database} db */
export function createDocuments(id, db) {
  /** @type {Object<string, Entry>} */
  let entries = {};

  return {
    /** The documents of the last run, the screen's own first, since it says which others matter. @returns {Promise<Entry[]>} */
    load() {
      return db.all('documents').then((all) => {
        all.forEach((entry) => { entries[entry.topic] = entry; });
        const order = (/** @type {Entry} */ entry) => (entry.topic === 'screen:' + id ? 0 : 1);
        return all.sort((a, b) => order(a) - order(b));
      }, () => []);
    },
    /** @param {Entry} entry @returns {Promise<void>} */
    keep(entry) {
      entries[entry.topic] = entry;
      return db.put('documents', entry.topic, entry).catch(() => undefined);
    },
    /** @param {World} world @returns {Object<string, Version|null>} */
    have(world) {
      /** @type {Object<string, Version|null>} */
      const have = {};
      needed(id, world).forEach((topic) => { have[topic] = entries[topic] ? entries[topic].version : null; });
      return have;
    },
    /** @param {string} topic @returns {Entry|undefined} */
    get: (topic) => entries[topic],
    /** @param {string} topic @returns {Promise<void>} */
    forget(topic) {
      delete entries[topic];
      return db.remove('documents', [topic]).catch(() => undefined);
    },
    /** Let go of documents that the screen needs no more. @param {World} world @returns {Promise<any>} */
    prune(world) {
      const wanted = needed(id, world);
      return Promise.all(Object.keys(entries).filter((topic) => wanted.indexOf(topic) < 0).map((topic) => this.forget(topic)));
    },
  };
}
