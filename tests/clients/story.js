// What the stories share. A story is a program: it is given the world as JSON, talks to the server with one of the
// libraries and fails by throwing. Whatever it waits for and does not come ends it after the time limit.
'use strict';

const assert = require('assert');
const path = require('path');
const { createRequire } = require('module');

const LIMIT_MS = 30000;

// The libraries lie apart from these sources, where bootstrap put them.
const load = createRequire(path.join(process.env.USHER_CLIENTS, 'package.json'));
if (!globalThis.WebSocket) globalThis.WebSocket = load('ws');

// What a stream brings is kept in order; next() gives the first that fits and waits for it.
class Inbox {
  constructor(name) {
    this.name = name;
    this.kept = [];
    this.waiting = [];
    this.put = (...args) => {
      const at = this.waiting.findIndex((w) => w.fits(...args));
      if (at < 0) this.kept.push(args);
      else this.waiting.splice(at, 1)[0].take(args);
    };
  }

  next(fits = () => true) {
    const at = this.kept.findIndex((args) => fits(...args));
    if (at >= 0) return Promise.resolve(this.kept.splice(at, 1)[0]);
    return new Promise((take, fail) => {
      const late = setTimeout(() => fail(new Error(`${this.name}: nothing fits; there is ${JSON.stringify(this.kept)}`)), LIMIT_MS);
      this.waiting.push({ fits, take: (args) => { clearTimeout(late); take(args); } });
    });
  }
}

// The refusal that an awaited call ends with; anything else is a failure.
async function refused(promise) {
  let value;
  try {
    value = await promise;
  } catch (refusal) {
    return refusal;
  }
  throw new Error(`was not refused: ${JSON.stringify(value)}`);
}

const sha256 = (text) => require('crypto').createHash('sha256').update(text).digest('hex');

async function explain(wrong) {
  if (wrong instanceof Response) return `${wrong.url}: ${wrong.status} ${await wrong.text()}`;
  return wrong instanceof Error ? wrong : JSON.stringify(wrong);
}

function story(tell) {
  setTimeout(() => { console.error('the story does not end'); process.exit(1); }, 2 * LIMIT_MS).unref();
  tell(JSON.parse(process.argv[2])).then(() => process.exit(0), async (wrong) => {
    console.error(await explain(wrong));
    process.exit(1);
  });
}

module.exports = { Inbox, assert, load, refused, sha256, story };
