// The only place for what the programs of all clients in Node share, as kit.py is for those in Python.

import { createCipheriv, createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

// Finds what NODE_PATH tells of: `import` does not look there.
export const installed = createRequire(import.meta.url);

// The server refused, in the words that the SDK gives on; the code is undefined where it keeps it.
export class Refused extends Error {
  constructor(status, code, message, context) {
    super(`${status} ${code}: ${message}`);
    Object.assign(this, { status, code, context });
  }
}

export function equal(what, actual, wanted) {
  if (!isDeepStrictEqual(actual, wanted)) {
    throw new Error(`${what}: ${shortened(actual)} instead of ${shortened(wanted)}`);
  }
}

export function holds(what, isSo) {
  if (!isSo) throw new Error(`it does not hold that ${what}`);
}

// Fails unless the call is refused in this way; a code that the SDK does not tell is not asked for. Returns the
// refusal.
export async function refused(what, call, [status, code]) {
  let done;
  try {
    done = await call();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    equal(`${what}: status and code`, [error.status, error.code ?? code], [status, code]);
    return error;
  }
  throw new Error(`${what} is not refused but gives ${shortened(done)}`);
}

function shortened(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 300 ? text : `${text.slice(0, 300)}… (${text.length} characters)`;
}

// Makes bytes that are the same in each run and have no pattern.
export function someBytes(length, seed) {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha1(content) {
  return createHash('sha1').update(content).digest('hex');
}


// Tells one line for each group of verbs, and ends the program at the first that fails unless told otherwise.
export class Report {
  #failed = false;

  constructor(client, keepsGoing) {
    Object.assign(this, { client, keepsGoing });
  }

  async group(name, run) {
    const start = performance.now();
    try {
      await run();
      console.log(`ok ${this.client} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.#failed = true;
      console.log(`FAILED ${this.client} ${name}`);
      console.error(error);
      if (!this.keepsGoing) process.exit(1);
    }
  }

  end() {
    process.exit(this.#failed ? 1 : 0);
  }
}

// Reads what `.ci/clients` gives to each program.
export function commandLine() {
  const [url, scratch, ...more] = process.argv.slice(2);
  return { url, scratch, keepsGoing: more.includes('--keep-going') };
}
