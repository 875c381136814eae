// Copies a folder through Microsoft Graph and polls its monitor, with Node's standard library only (18 or later).
// Run: drivesim serve --listen 127.0.0.1:8080 --clock manual, then: node examples/copy_and_poll.mjs [URL]

import assert from 'node:assert/strict';

const server = process.argv[2] ?? 'http://127.0.0.1:8080';
const drive = `${server}/v1.0/me/drive`;
const admin = `${server}/_drivesim`;

// Sends text as it is, and any other body as JSON.
async function send(method, url, body) {
  const isText = typeof body === 'string';
  const headers = { 'content-type': isText ? 'text/plain' : 'application/json' };
  const response = await fetch(url, { method, headers, body: isText ? body : JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${url}: ${response.status}`);
  return response;
}

// The fixture: the admin API restores the first state and replaces the items of a drive.
await send('POST', `${admin}/reset`);
await send('PUT', `${admin}/outline?drive=me`, 'Docs/\n  a.txt = "a"\n  b.txt = "b"\n  c.txt = "c"\n');

const accepted = await send('POST', `${drive}/root:/Docs:/copy`, { name: 'Docs (old)' });
assert.equal(accepted.status, 202);
const monitor = accepted.headers.get('location');
let job;
for (;;) {
  job = await (await send('GET', monitor)).json();
  console.log(`${job.status.padEnd(10)} ${String(job.percentageComplete ?? 0).padStart(5)} %`);
  if (job.status === 'completed' || job.status === 'failed') break;
  // Instead of a sleep: the clock moves only when it is moved.
  await send('POST', `${admin}/clock`, { advance: '500ms' });
}

assert.equal(job.status, 'completed');
const children = await (await send('GET', `${drive}/root:/Docs%20(old):/children`)).json();
assert.deepEqual(children.value.map((child) => child.name), ['a.txt', 'b.txt', 'c.txt']);
