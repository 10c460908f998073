/* A screen's line to the server, without the screen: the product's own connection, telling on standard output what it hears.

   node screen.mjs ORIGIN TOKEN TOPIC SPEED      it takes the server for silent SPEED times as fast */

const [origin, token, topic, speed] = process.argv.slice(2);
const sleep = globalThis.setTimeout;
globalThis.setTimeout = (what, ms, ...more) => sleep(what, ms === 45000 ? ms / Number(speed) : ms, ...more);
const { createConnection } = await import('../../server/core/web/device/connection.js');

let version = null;
const tell = (message) => process.stdout.write(JSON.stringify(message) + '\n');
const connection = createConnection({
  origin, token,
  have: () => ({ [topic]: version }),
  onHeard: () => connection.send({ type: 'beat' }),
  onTopic: (entry) => { version = entry.version; tell({ version: entry.version[1] }); },
  onOpen: () => tell({ open: true }),
  onClose: () => tell({ open: false }),
  onRefused: () => tell({ refused: true }),
  onDenied: () => tell({ denied: true }),
});
connection.connect();
