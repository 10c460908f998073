/** The code with which a phone takes the bag: fetched, renewed by itself while it is looked at, and never shown longer than it is good. */

/** The server's 120 s less what the way back takes. */
const MARGIN = 4000;
const AGAIN = 4000;

/**
 * @param {{
 *   server: import('../server.js').Server,
 *   monotonic: () => number,
 *   visit: () => string|null,
 *   looked: () => boolean,
 *   show: (code: import('../state.js').Code|null) => void,
 * }} parts `visit`: the id of one that the server knows of, else null; `looked`: whether the code is on the glass and no phone has asked
 */
export function createCode({ server, monotonic, visit, looked, show }) {
  /** @type {any} */
  let timer = null;
  let turn = 0;

  async function fetchOne() {
    clearTimeout(timer);
    const mine = ++turn;
    const id = visit();
    show({ phase: 'fetching', svg: '', until: 0 });
    const code = id ? await ask(id) : { phase: /** @type {const} */ ('offline'), svg: '', until: 0 };
    if (mine !== turn) return;
    show(code);
    timer = setTimeout(() => { if (looked()) fetchOne(); }, code.phase === 'shown' ? code.until - monotonic() : AGAIN);
  }

  /** @param {string} id @returns {Promise<import('../state.js').Code>} */
  async function ask(id) {
    const asked = monotonic();
    try {
      const answer = await server.tell('POST', `/api/visits/${id}/tickets`);
      if (!answer.ok) return { phase: 'failed', svg: '', until: 0 };
      const { svg, address, expires_seconds } = await answer.json();
      return { phase: 'shown', svg, address, until: asked + expires_seconds * 1000 - MARGIN };
    } catch {
      return { phase: 'offline', svg: '', until: 0 };
    }
  }

  return {
    fetch: fetchOne,
    stop() {
      turn += 1;
      clearTimeout(timer);
      show(null);
    },
  };
}
