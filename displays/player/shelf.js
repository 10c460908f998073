/** Makes cards ready out of sight: everything they need on the device, laid out, decoded, and known to fit this glass. */

/** @typedef {import('./types.js').Spot} Spot */

const PATIENCE = 20000;
/** Decoded cards kept out of sight: the next one, and one that may cut in. More would cost a weak player its memory. */
const KEPT = 2;

/** @typedef {{spot: Spot, layer: HTMLElement, card: any}} Prepared */

/**
 * @param {{
 *   media: {ensure: (addresses: string[], wishes: string[]) => Promise<void>, text: (address: string) => Promise<string>},
 *   stage: {layer: () => HTMLElement, free: (layer: HTMLElement) => void, size: () => {width: number, height: number}},
 *   addresses: (spot: Spot) => string[],
 *   code: (spot: Spot) => string|null,
 *   mount: (html: string, layer: HTMLElement, spot: Spot) => {decoded: Promise<any>},
 *   onReady: (spot: Spot) => void,
 *   onFailed: (spot: Spot, error: Error) => void,
 * }} parts `mount` throws when the card doesn't fit the glass
 */
export function createShelf(parts) {
  const { media, stage } = parts;
  /** @type {Map<string, Prepared>} */
  let prepared = new Map();
  /** @type {Map<string, Promise<Prepared|null>>} */
  let preparing = new Map();
  let edition = 0;

  /** @param {Spot} spot */
  const keyOf = (spot) => spot.id + '@' + spot.card;

  /** @param {Spot} spot @param {string} key @returns {Promise<Prepared|null>} */
  function make(spot, key) {
    const mine = edition;
    const code = parts.code(spot);
    return media.ensure(parts.addresses(spot), code ? [code] : [])
      .then(() => media.text(parts.addresses(spot)[0]))
      .then((html) => (mine === edition ? mounted(html, spot) : null))
      .then((made) => {
        if (!made) return null;
        if (mine !== edition) { stage.free(made.layer); return null; }
        prepared.set(key, made);
        parts.onReady(spot);
        return made;
      });
  }

  /** @param {string} html @param {Spot} spot @returns {Promise<Prepared>} */
  function mounted(html, spot) {
    const layer = stage.layer();
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('a picture or typeface was not ready in ' + PATIENCE / 1000 + ' s')), PATIENCE);
      const card = parts.mount(html, layer, spot);
      card.decoded.then(() => resolve({ spot, layer, card }), reject);
    }).catch((error) => {
      stage.free(layer);
      throw error;
    });
  }

  return {
    /** Make a card ready; resolves to null, never rejects, when it can't be. Asking twice is the same as once.
     * @param {Spot} spot @returns {Promise<Prepared|null>} */
    prepare(spot) {
      const key = keyOf(spot);
      const made = prepared.get(key);
      if (made) return Promise.resolve(made);
      const under = preparing.get(key);
      if (under) return under;
      const done = () => { if (preparing.get(key) === work) preparing.delete(key); };
      const work = make(spot, key).catch((error) => { parts.onFailed(spot, error); return null; });
      preparing.set(key, work);
      work.then(done, done);
      return work;
    },
    /** Take a ready card off the shelf to show it. @param {Spot} spot @returns {Prepared|null} */
    take(spot) {
      const made = prepared.get(keyOf(spot)) || null;
      prepared.delete(keyOf(spot));
      return made;
    },
    /** Free what is not among the wanted spots, wanted first. @param {Array<Spot|null>} wanted */
    keepOnly(wanted) {
      const keys = wanted.filter(Boolean).slice(0, KEPT).map((spot) => keyOf(/** @type {Spot} */ (spot)));
      Array.from(prepared.keys()).filter((key) => keys.indexOf(key) < 0).forEach((key) => {
        stage.free(/** @type {Prepared} */ (prepared.get(key)).layer);
        prepared.delete(key);
      });
    },
    /** The glass has other proportions: everything is to be made anew. */
    reset() {
      edition += 1;
      preparing = new Map();
      prepared.forEach((made) => stage.free(made.layer));
      prepared = new Map();
    },
    /** @returns {IterableIterator<Prepared>} */
    ready: () => prepared.values(),
  };
}
