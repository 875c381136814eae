// Checks users, tokens and events of Box with an SDK for Node.

import { Checks } from './checks.mjs';
import { equal, holds } from './kit.mjs';

export class Account extends Checks {
  async user(top) {
    const [id, login] = await this.sdk.me();
    holds('an id is a number', /^[0-9]+$/.test(id));
    holds('a login is an address', login.includes('@'));
    equal('whose files are made', (await this.sdk.upload(top.id, 'a.txt', Buffer.from('x'))).ownerId, id);
  }

  async clientCredentials(top) {
    const sdk = this.sdk.asApplication();
    const made = await sdk.createFolder(top.id, 'made');
    equal('what it sees', (await sdk.items(top.id, 100, false)).map((entry) => entry.id), [made.id]);
  }

  async events(top) {
    const { sdk } = this;
    const before = await sdk.position();
    const file = await sdk.upload(top.id, 'a.txt', Buffer.from('x'));
    const copy = await sdk.copy(file, top.id, 'b.txt');
    const folder = await sdk.copy(top, '0', `${top.name} copied`);
    await sdk.delete(file);
    // One event for each operation, not for items below. Events may come late, twice and in any order.
    const copies = [`ITEM_COPY ${copy.id}`, `ITEM_COPY ${folder.id}`];
    const wanted = [`ITEM_UPLOAD ${file.id}`, ...copies, `ITEM_TRASH ${file.id}`];
    const told = new Set();
    const deadline = performance.now() + 10_000;
    while (!wanted.every((event) => told.has(event))) {
      holds(`all events come, not only ${[...told].join(', ')}`, performance.now() < deadline);
      for (const [type, id] of await sdk.events(before)) told.add(`${type} ${id}`);
    }
    equal('copies', [...told].filter((event) => event.startsWith('ITEM_COPY')).sort(), copies.sort());
    const later = await sdk.events(await sdk.position());
    equal('events since then', later.filter(([type, id]) => wanted.includes(`${type} ${id}`)), []);
  }
}
