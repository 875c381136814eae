// Checks copies at Box with an SDK for Node.

import { Checks, GONE, NOBODY, TAKEN, THEN, WIDE } from './checks.mjs';
import { equal, holds, Refused, refused, someBytes } from './kit.mjs';

const bytes = (text) => Buffer.from(text);
const BLOCKED = [409, 'operation_blocked_temporary'];

export class Copies extends Checks {
  async copyFile(top) {
    const { sdk } = this;
    const content = someBytes(5_000, 4);
    const file = await sdk.upload(top.id, 'a.txt', content, THEN);
    const there = await sdk.createFolder(top.id, 'there');
    const copy = await sdk.copy(file, there.id, 'b.txt');
    holds('a copy has an id of its own', copy.id !== file.id);
    holds('a copy has a version of its own', copy.versionId !== file.versionId);
    await this.isFile(copy, 'b.txt', content, there);
    equal('time of the content of the copy', copy.modified, THEN);
    await this.isFile(await sdk.copy(file, there.id), 'a.txt', content, there);
    await this.isFile(await sdk.copy(file, top.id, 'c.txt'), 'c.txt', content, top);
    // Box removes invalid characters from the names of copies.
    await this.isFile(await sdk.copy(file, there.id, 'd/e\\f.txt'), 'def.txt', content, there);
    await sdk.uploadVersion(file.id, bytes('changed'));
    await this.isFile(await sdk.file(copy.id), 'b.txt', content, there);
    const below = ['a', 'b', 'def'].map((name) => `there/${name}.txt 5000`);
    await this.sees(top, ['a.txt 7', 'c.txt 5000', 'there/', ...below]);
  }

  async copyVersion(top) {
    const { sdk } = this;
    const first = await sdk.upload(top.id, 'a.txt', bytes('one'));
    const second = await sdk.uploadVersion(first.id, bytes('the second'));
    const copy = await sdk.copy(first, top.id, 'first.txt', first.versionId);
    await this.isFile(copy, 'first.txt', bytes('one'), top);
    equal('past versions of the copy', await sdk.versions(copy.id), []);
    const current = await sdk.copy(first, top.id, 'second.txt', second.versionId);
    await this.isFile(current, 'second.txt', bytes('the second'), top);
    const there = await sdk.createFolder(top.id, 'there');
    // Without a name, the copy has the current name of the file.
    await this.isFile(await sdk.copy(first, there.id, undefined, first.versionId), 'a.txt', bytes('one'), there);
    await refused('a version that is not there', () => sdk.copy(first, top.id, 'x', NOBODY), GONE);
    await this.sees(top, ['a.txt 10', 'first.txt 3', 'second.txt 10', 'there/', 'there/a.txt 3']);
  }

  async copyFolder(top) {
    const { sdk } = this;
    const source = await sdk.createFolder(top.id, 'source');
    const inner = await sdk.createFolder(source.id, 'inner');
    const there = await sdk.createFolder(top.id, 'there');
    const one = await sdk.upload(source.id, 'one.txt', bytes('one'), THEN);
    const two = await sdk.upload(inner.id, 'two.txt', bytes('two!'));
    const copy = await sdk.copy(source, top.id, 'copy');
    equal('name and parent of the copy', [copy.name, copy.parentId], ['copy', top.id]);
    equal('name of one that keeps it', (await sdk.copy(source, there.id)).name, 'source');
    const [innerCopy, oneCopy, ...more] = await sdk.items(copy.id, 100, false);
    equal('names of the copies', [innerCopy.name, oneCopy.name, more], ['inner', 'one.txt', []]);
    const [twoCopy] = await sdk.items(innerCopy.id, 100, true);
    await this.isFile(await sdk.file(oneCopy.id), 'one.txt', bytes('one'), copy);
    await this.isFile(await sdk.file(twoCopy.id), 'two.txt', bytes('two!'), innerCopy);
    equal('time of the content of the copy', (await sdk.file(oneCopy.id)).modified, THEN);
    const ids = [source, inner, one, two, copy, innerCopy, oneCopy, twoCopy].map((entry) => entry.id);
    equal('ids that a copy shares', ids.length - new Set(ids).size, 0);
    const lines = (folder) => ['', 'inner/', 'inner/two.txt 4', 'one.txt 3'].map((line) => `${folder}${line}`);
    await this.sees(top, [...lines('copy/'), ...lines('source/'), 'there/', ...lines('there/source/')]);
  }

  async copyLong(top) {
    const { sdk } = this;
    const wide = await this.ofSeed('Wide');
    const copy = await sdk.copy(wide, top.id, 'long');
    equal('name and parent of the copy', [copy.name, copy.parentId], ['long', top.id]);
    // The response comes first. Only the content of the folder shows the progress.
    await this.fills(copy, true);
    await this.sees(top, ['long/', ...WIDE.map((name) => `long/${name} 0`)]);
    await this.fills(await this.untilBlocked(wide, top), false);
  }

  // Copies until one fails because a running copy locks its source. On a slow machine, some copies may be complete
  // before the next request. Returns the last copy.
  async untilBlocked(source, top) {
    let copy;
    for (let number = 0; number < 20; number += 1) {
      try {
        copy = await this.sdk.copy(source, top.id, `again ${number}`);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        equal('why it is refused', [error.status, error.code], BLOCKED);
        holds('only one that goes on locks', number > 0);
        return copy;
      }
    }
    throw new Error('no copy locks its source');
  }

  // Waits until the copy of the wide folder is complete.
  async fills(copy, byMarker) {
    const deadline = performance.now() + 30_000;
    let names = [];
    while (names.length < WIDE.length) {
      holds('the copy ends', performance.now() < deadline);
      const nBefore = names.length;
      names = (await this.sdk.items(copy.id, 1000, byMarker)).map((entry) => entry.name);
      holds('nothing disappears', names.length >= nBefore);
    }
    equal('names of the copies', names, WIDE);
  }

  async conflicts(top) {
    const { sdk } = this;
    const there = await sdk.createFolder(top.id, 'there');
    const file = await sdk.upload(top.id, 'a.b.txt', bytes('new'));
    const folder = await sdk.createFolder(top.id, 'folder');
    const taken = await sdk.upload(there.id, 'a.b.txt', bytes('the one there'));
    const held = await sdk.createFolder(there.id, 'folder');
    for (const name of ['folder', 'FOLDER']) {
      await this.taken("a folder's name", () => sdk.createFolder(there.id, name), held, true);
      await this.taken('the copy of a folder', () => sdk.copy(folder, there.id, name), held);
      await this.taken("a file with a folder's name", () => sdk.upload(there.id, name, bytes('x')), held);
    }
    for (const name of ['a.b.txt', 'A.B.TXT']) {
      await this.taken("a file's name", () => sdk.upload(there.id, name, bytes('x')), taken);
      await this.taken('the copy of a file', () => sdk.copy(file, there.id, name), taken);
    }
    await this.taken('a copy that keeps its name', () => sdk.copy(file, there.id), taken);
    await this.taken("a folder's that does", () => sdk.copy(folder, there.id), held);
    await this.taken('one beside itself', () => sdk.copy(file, top.id), file);
    await refused('a move', () => sdk.update(file, there.id), TAKEN);
    await refused('a new name', () => sdk.update(file, undefined, 'There'), TAKEN);
    await this.isFile(await sdk.file(taken.id), 'a.b.txt', bytes('the one there'), there);
    await this.sees(top, ['a.b.txt 3', 'folder/', 'there/', 'there/a.b.txt 13', 'there/folder/']);
  }
}
