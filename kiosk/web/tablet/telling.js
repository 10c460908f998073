/** Tells the server how this tablet is: battery, what could not be sent yet, version and range. */

const AGAIN = 60000;
const TEXT = 300;

/**
 * @param {{
 *   send: (message: any) => boolean,
 *   version: string,
 *   unsent: () => number,
 *   dropped: () => number,
 *   rangeAt: () => number|null,
 *   navigator: Navigator,
 * }} parts
 */
export function createTelling({ send, version, unsent, dropped, rangeAt, navigator }) {
  /** @type {any} */
  let battery = null;
  let error = '';
  let last = '';

  /** @param {boolean} [anew] also when nothing has changed */
  function tell(anew = false) {
    const at = rangeAt();
    const said = {
      type: 'tablet', battery: battery ? Math.round(battery.level * 100) : null, charging: battery ? battery.charging : null, unsent: unsent(), version,
      range_at: at ? new Date(at).toISOString() : null,
      error: error || (dropped() ? `${dropped()} sealed operations were refused by the server for good` : ''),
    };
    const text = JSON.stringify(said);
    if ((anew || text !== last) && send(said)) last = text;
  }

  async function start() {
    setInterval(() => tell(true), AGAIN);
    const ask = /** @type {any} */ (navigator).getBattery;
    battery = ask ? await ask.call(navigator).catch(() => null) : null;
    for (const event of ['levelchange', 'chargingchange']) battery?.addEventListener(event, () => tell());
    tell();
  }

  return {
    start,
    tell,
    /** @param {any} reason what went wrong; the newest is told */
    wrong(reason) {
      error = String((reason && reason.message) || reason).slice(0, TEXT);
      tell();
    },
  };
}
