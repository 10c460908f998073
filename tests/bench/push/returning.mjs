/**
 * Screens that come back after the server was gone: the player's own line to the server (connection.js, with its waits, its
 * chance and its polling over HTTP), many times over in one process.
 *
 *   node returning.mjs PORT SCREENS own|one
 *
 * SCREENS is a file with one screen a line: {"token", "topics": [names]}. `own`: each has an address of its own (127.x.y.z);
 * `one`: all come from 127.0.0.1, as a whole chain does behind one proxy. Says {"held": n} once every screen holds all its topics.
 * An empty line on standard input says that the server is about to go: all is counted from there on. A line {"topic", "number"}
 * says what the newest will be: once every screen has that or a newer one, over whichever way, and its socket back, it tells
 * what was counted, and when each had the one and the other, and ends.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect as dial } from 'node:net';
import { createInterface } from 'node:readline';
import { createConnection } from '../../../server/core/web/device/connection.js';

const [port, file, addresses] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const HOST = '127.0.0.1';
const OPENED_AT_ONCE = 200;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const agents = new Map();

/** Everything that is counted, anew from each line on standard input. */
let told = fresh();

function fresh() {
  return {
    at: Date.now(), attempts: 0, unreachable: 0, refusals: {}, closes: {}, welcomed: 0, polls: 0, poll_answers: {},
    bytes_sockets: 0, bytes_polls: 0, documents: {}, given_up: 0,
  };
}

function count(table, key) {
  table[key] = (table[key] || 0) + 1;
}

/** A WebSocket with what connection.js asks of one, from an address of choice, counting what comes over the network. */
class Line {
  constructor(address) {
    const screen = asker(address);
    this.readyState = 0;
    this.rest = Buffer.alloc(0);
    this.upgraded = false;
    this.code = 1006;
    told.attempts += 1;
    screen.attempts += 1;
    this.socket = dial({ host: HOST, port, localAddress: screen.address, noDelay: true });
    this.socket.on('connect', () => this.socket.write(
      `GET /live HTTP/1.1\r\nHost: ${HOST}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
      + `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`));
    this.socket.on('data', (data) => this.took(data));
    this.socket.on('error', () => { if (this.readyState === 0) told.unreachable += 1; });
    this.socket.on('close', () => this.over());
  }

  took(data) {
    told.bytes_sockets += data.length;
    this.rest = this.rest.length ? Buffer.concat([this.rest, data]) : data;
    if (!this.upgraded && !this.upgrade()) return;
    while (this.frame());
  }

  upgrade() {
    const end = this.rest.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const status = this.rest.toString('latin1', 9, 12);
    if (status !== '101') {
      count(told.refusals, status);
      this.socket.destroy();
      return false;
    }
    this.upgraded = true;
    this.rest = this.rest.subarray(end + 4);
    this.readyState = 1;
    this.onopen();
    return true;
  }

  frame() {
    const { rest } = this;
    if (rest.length < 2) return false;
    const short = rest[1] & 127;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < head) return false;
    const size = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
    if (rest.length < head + size) return false;
    const body = rest.subarray(head, head + size);
    this.rest = rest.subarray(head + size);
    if ((rest[0] & 15) === 1) this.onmessage({ data: body.toString() });
    if ((rest[0] & 15) === 8) {
      this.code = size >= 2 ? body.readUInt16BE(0) : 1005;
      count(told.closes, this.code);
      this.socket.end();
    }
    return this.readyState === 1;
  }

  send(text) {
    const body = Buffer.from(text);
    const head = Buffer.from(body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 255]);
    this.socket.write(Buffer.concat([head, Buffer.alloc(4), body]));
  }

  close() {
    this.readyState = 2;
    this.socket.destroy();
  }

  over() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose({ code: this.code });
  }
}

/** What connection.js asks of fetch, over connections that the screen's own browser would keep open. */
function fetched(address, options) {
  const screen = asker(address);
  told.polls += 1;
  if (!agents.has(screen)) agents.set(screen, new Agent({ keepAlive: true, maxSockets: 6, localAddress: screen.address }));
  return new Promise((resolve, reject) => {
    const { pathname: path } = new URL(address);
    const asked = request({ host: HOST, port, path, headers: options.headers, agent: agents.get(screen) }, (answer) => {
      const parts = [];
      answer.on('data', (part) => { told.bytes_polls += part.length; parts.push(part); });
      answer.on('error', reject);
      answer.on('end', () => {
        count(told.poll_answers, answer.statusCode);
        const body = Buffer.concat(parts).toString();
        resolve({
          status: answer.statusCode, ok: answer.statusCode === 200, json: () => Promise.resolve(JSON.parse(body)),
          headers: { get: (name) => answer.headers[name.toLowerCase()] || null },
        });
      });
    });
    asked.on('error', (error) => { count(told.poll_answers, 'none'); reject(error); });
    asked.end();
  });
}

/** Which screen asks: each knows the server by a name of its own. @param {string} address */
function asker(address) {
  return screens[Number(new URL(address).hostname.slice(1))];
}

class Screen {
  constructor(row, index) {
    const own = index + 256;
    this.address = addresses === 'own' ? `127.${1 + (own >> 16)}.${(own >> 8) & 255}.${own & 255}` : '127.0.0.1';
    this.have = Object.fromEntries(row.topics.map((topic) => [topic, null]));
    this.attempts = 0;
    this.currentAt = 0;
    this.backAt = 0;
    this.done = false;
    this.open = false;
    this.line = createConnection({
      origin: `http://s${index}:${port}`, token: row.token,
      have: () => this.have,
      onHeard: () => {}, onDenied: () => {},
      onOpen: () => { this.open = true; told.welcomed += 1; this.look(); if (!goal) open(); },
      onClose: () => { this.open = false; },
      onRefused: () => { told.given_up += 1; },
      onTopic: ({ topic, version }) => { count(told.documents, topic.split(':')[0]); this.have[topic] = version; this.look(); },
    });
  }

  /** Note when it has the newest of what has changed, and when its socket is back. */
  look() {
    const version = goal ? this.have[goal.topic] : null;
    const newest = goal ? version && version[1] >= goal.number : Object.values(this.have).every(Boolean);
    if (newest) this.currentAt = this.currentAt || Date.now();
    if (this.open) this.backAt = this.backAt || Date.now();
    if (this.done || !this.currentAt || !this.open) return;
    this.done = true;
    left -= 1;
    if (!left) arrived();
  }
}

let goal = null;
globalThis.WebSocket = Line;
globalThis.fetch = fetched;
const screens = readFileSync(file, 'utf8').trim().split('\n').map((row, index) => new Screen(JSON.parse(row), index));
let left = screens.length;
let opened = 0;

/** The first time a few at a time: this is not yet the storm. */
function open() {
  while (opened < screens.length && opened - told.welcomed < OPENED_AT_ONCE) screens[opened++].line.connect();
}
open();

function arrived() {
  if (!goal) {
    say({ held: screens.length });
    return;
  }
  const attempts = screens.map((screen) => screen.attempts);
  const sorted = (name) => screens.map((screen) => screen[name]).sort((one, other) => one - other);
  const found = { ...told, current: sorted('currentAt'), back: sorted('backAt'), most_attempts: Math.max(...attempts), first_try: attempts.filter((many) => many === 1).length };
  say(found, () => process.exit(0)); // a pipe takes 64 KiB at once, and what waits is lost at an exit
}

/** @param {any} found @param {() => void} [then] when it is handed over */
function say(found, then) {
  process.stdout.write(JSON.stringify(found) + '\n', then);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  goal = line ? JSON.parse(line) : { topic: '', number: 0 };
  if (line) return;
  told = fresh();
  left = screens.length;
  for (const screen of screens) Object.assign(screen, { currentAt: 0, backAt: 0, done: false, attempts: 0 });
}).on('close', () => process.exit(0));
