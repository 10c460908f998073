/** The documents and values that the player's modules pass to each other (JSDoc types only; docs/protocol.md says what they mean). */

/**
 * @typedef {object} Spot
 * @property {string} id
 * @property {string} kind post, post_item, trend, evergreen or call
 * @property {string} card digest of the card's HTML
 * @property {string[]} pictures digests
 * @property {string[]} fonts woff2 file names
 * @property {string[]} variants what it shows
 * @property {number} seconds how long it stands
 * @property {boolean} live must go when the lease ends
 * @property {string} [at] when it was approved (ISO)
 * @property {string|null} [from] not before (ISO)
 * @property {string|null} [until] not from then on (ISO)
 * @property {string} [campaign]
 */

/** @typedef {{as_of?: string, mode?: string, spots?: Spot[], gone?: boolean}} LoopDoc */

/** @typedef {{id: string, name: string, minutes: number, metres?: number}} NearStore */

/**
 * @typedef {object} ScreenDoc
 * @property {string} screen
 * @property {string} [name]
 * @property {string} loop the topic of its loop
 * @property {number} [rotation] 0, 90, 180 or 270 degrees clockwise
 * @property {string} [language]
 * @property {string} [time_zone]
 * @property {number} [lease_seconds]
 * @property {number} [range_minutes]
 * @property {number} [stock_max_age_seconds]
 * @property {NearStore[]} [stores]
 * @property {number} [reload]
 * @property {any} [slate]
 * @property {boolean} [gone]
 */

/** @typedef {{quantity: number|null, availability: string, as_of: string}} Stock */

/** @typedef {{amount: number, currency: string, digits?: number, was: number|null}} Price in minor units, of which 10 to the power of digits make one */

/** @typedef {{store: string, name: string, time_zone: string, hours: any, exceptions: any, stock: Object<string, Stock>, prices: Object<string, Price>, gone?: boolean}} StoreDoc */

/** @typedef {{spot: Spot, started: number, turn?: boolean}} Standing the spot on the glass; started in server milliseconds; turn: it came after many had jumped the queue, and is not cut */

/**
 * @typedef {object} World everything that a decision may look at
 * @property {ScreenDoc|null} screen
 * @property {LoopDoc|null} loop
 * @property {string|null} source the topic that the loop came as: the screen's former one until its own is here
 * @property {Object<string, StoreDoc>} stores by store id
 * @property {boolean} trusted the server was heard within the lease, by this page
 * @property {Object<string, true>} ready cards that were decoded here, by digest
 * @property {Object<string, number>} barred cards that failed here, by digest: not again before (server ms)
 * @property {Object<string, true>} seen ids of live spots already met by this page
 * @property {string[]} fresh ids of newly approved live spots that have not played yet, newest first
 * @property {{id: string, index: number}|null} cursor the last spot played in order
 * @property {number} jumps how many of them have played in a row
 * @property {Standing|null} current
 */

/**
 * @typedef {object} Decision
 * @property {'keep'|'show'|'again'|'slate'} action again: the same card stands on, as a new play
 * @property {Spot|null} spot what to show
 * @property {string|null} reason why the current one ends early: withdrawn, cut, lease, takeover; null when it has stood its time
 * @property {number|null} until ask again then (server ms) at the latest; null: only news can change it
 */

/**
 * @typedef {object} Play
 * @property {string} id
 * @property {number} seq
 * @property {string} spot
 * @property {string} card
 * @property {string} campaign
 * @property {string} started_at
 * @property {string} ended_at
 * @property {number} duration_ms
 * @property {number} offset_ms
 * @property {'completed'|'partial'|'failed'} result
 * @property {string|null} reason
 */

export {};
