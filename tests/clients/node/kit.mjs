// Helpers of all client programs in Node, like kit.py for Python.

import { createCipheriv, createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

// Loads packages from NODE_PATH, which `import` ignores.
export const installed = createRequire(import.meta.url);

// An error of the server, as the SDK reports it. The code is undefined if the SDK does not report it.
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
  if (!isSo) throw new Error(`expectation failed: ${what}`);
}

// Fails unless the call fails with this status and code. Ignores the code if the SDK does not report it. Returns the
// error.
export async function refused(what, call, [status, code]) {
  let done;
  try {
    done = await call();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    equal(`${what}: status and code`, [error.status, error.code ?? code], [status, code]);
    return error;
  }
  throw new Error(`${what} did not fail but returned ${shortened(done)}`);
}

function shortened(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 300 ? text : `${text.slice(0, 300)}… (${text.length} characters)`;
}

// Returns deterministic pseudo-random bytes.
export function someBytes(length, seed) {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha1(content) {
  return createHash('sha1').update(content).digest('hex');
}


// Prints one line for each group of verbs, and exits at the first failure unless `keepsGoing` is set.
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

// Parses the arguments that `tests/clients/run` passes to each program.
export function commandLine() {
  const [url, scratch, ...more] = process.argv.slice(2);
  return { url, scratch, keepsGoing: more.includes('--keep-going') };
}
