/** What the page behind a tablet's code shows next, by what the server answered: pure. */

/** @typedef {'asking'|'numbers'|'wrong'|'contested'|'over'|'offline'|'often'|'owned'|'full'|'taken'|'nothing'} Step */
/** @typedef {import('./ask.js').Answer} Answer */

/** The secret in the address that a code leads to. @param {string} hash with its # @returns {string} empty where there is none */
export function ticketIn(hash) {
  return /^#[A-Za-z0-9_-]{20,100}$/.test(hash) ? hash.slice(1) : '';
}

/** After the ticket was posted. @param {Answer} answer @returns {Step} */
export function opened({ status, body }) {
  if (status === 200) return body.state === 'taken' ? 'taken' : body.state === 'contested' ? 'contested' : 'numbers';
  return otherwise(status);
}

/** After a number was picked. @param {Answer} answer @returns {Step} */
export function picked({ status, body }) {
  if (status === 200) return 'taken';
  if (status === 409) return body && body.wrong ? 'wrong' : body && body.full ? 'full' : 'owned';
  return status === 404 ? 'owned' : otherwise(status);
}

/** @param {number} status @returns {Step} */
function otherwise(status) {
  if (status === 429) return 'often';
  return status === 0 || status >= 500 ? 'offline' : 'over';
}
