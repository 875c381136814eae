// Checks files and folders at Box, except copies, with an SDK for Node.

import { BAD_NAME, Checks, DELETED, GONE, LONG, LONG_NAME, MANY, NOBODY, TAKEN, THEN } from './checks.mjs';
import { equal, holds, refused, someBytes } from './kit.mjs';

const bytes = (text) => Buffer.from(text);

export class Items extends Checks {
  async createFolder(top) {
    const { sdk } = this;
    const made = await sdk.createFolder(top.id, 'Ordner ä & #1');
    equal('name', made.name, 'Ordner ä & #1');
    holds('it is a folder', made.isFolder);
    equal('parent', made.parentId, top.id);
    equal('etag', made.etag, '0');
    equal('read again', (await sdk.folder(made.id)).name, made.name);
    equal('parent of the first folder', top.parentId, '0');
    const inner = await sdk.createFolder(made.id, ' .innen.');
    equal('parent of the inner one', inner.parentId, made.id);
    equal('what is in it', (await sdk.items(made.id, 100, false)).map((item) => item.id), [inner.id]);
    await this.sees(top, ['Ordner ä & #1/', 'Ordner ä & #1/ .innen./']);
  }

  async upload(top) {
    const { sdk } = this;
    const first = await sdk.upload(top.id, 'grüße 100%.txt', bytes('hello'), THEN);
    await this.isFile(first, 'grüße 100%.txt', bytes('hello'), top);
    await this.isFile(await sdk.file(first.id), 'grüße 100%.txt', bytes('hello'), top);
    equal('time of the content', first.modified, THEN);
    await this.isFile(await sdk.upload(top.id, 'empty', bytes('')), 'empty', bytes(''), top);
    const content = someBytes(100_000, 1);
    await this.isFile(await sdk.upload(top.id, `"bytes"; '.bin`, content), `"bytes"; '.bin`, content, top);
    await this.sees(top, [`"bytes"; '.bin 100000`, 'empty 0', 'grüße 100%.txt 5']);
  }

  async uploadInParts(top) {
    const { sdk } = this;
    const content = someBytes(LONG, 2);
    const file = await sdk.uploadInParts(top.id, 'lange Datei.bin', content);
    await this.isFile(file, 'lange Datei.bin', content, top);
    await this.taken('the same name', () => sdk.uploadInParts(top.id, 'Lange Datei.BIN', content), file);
    await this.sees(top, [`lange Datei.bin ${LONG}`]);
  }

  async preflight(top) {
    const { sdk } = this;
    const url = await sdk.preflight(top.id, 'a.txt', 5);
    holds('the response has the upload URL', String(url).startsWith(this.url));
    await this.sees(top, []);
    const file = await sdk.upload(top.id, 'a.txt', bytes('hello'));
    const folder = await sdk.createFolder(top.id, 'b');
    await this.taken('the name of a file', () => sdk.preflight(top.id, 'A.txt', 5), file);
    await this.taken('the name of a folder', () => sdk.preflight(top.id, 'b', 5), folder);
    await refused('a bad name', () => sdk.preflight(top.id, 'a/b', 5), BAD_NAME);
    await refused('a folder that is not there', () => sdk.preflight(NOBODY, 'a.txt', 5), GONE);
  }

  async newVersion(top) {
    const { sdk } = this;
    const first = await sdk.upload(top.id, 'a.txt', bytes('one'), THEN);
    equal('past versions', await sdk.versions(first.id), []);
    const second = await sdk.uploadVersion(first.id, bytes('the second'));
    equal('id', second.id, first.id);
    equal('etag', [first.etag, second.etag], ['0', '1']);
    holds('a new version has an id of its own', second.versionId !== first.versionId);
    await this.isFile(await sdk.file(first.id), 'a.txt', bytes('the second'), top);
    equal('past versions', await sdk.versions(first.id), [[first.versionId, first.sha1]]);
    equal('content of the first', String(await sdk.download(first.id, first.versionId)), 'one');
    await refused('a version of nothing', () => sdk.uploadVersion(NOBODY, bytes('x')), GONE);
    await this.sees(top, ['a.txt 10']);
  }

  async refusals(top) {
    const { sdk } = this;
    const file = await sdk.upload(top.id, 'a.txt', bytes('hello'));
    const folder = await sdk.createFolder(top.id, 'folder');
    await refused('a file', () => sdk.file(NOBODY), GONE);
    await refused('a folder', () => sdk.folder(NOBODY), GONE);
    await refused('a file in place of a folder', () => sdk.folder(file.id), GONE);
    await refused('a content', () => sdk.download(NOBODY), GONE);
    await refused('a folder in nothing', () => sdk.createFolder(NOBODY, 'x'), GONE);
    await refused('a file in nothing', () => sdk.upload(NOBODY, 'x', bytes('x')), GONE);
    await refused('a copy to nothing', () => sdk.copy(file, NOBODY), GONE);
    await refused('a copy of a folder to nothing', () => sdk.copy(folder, NOBODY), GONE);
    for (const name of ['a/b', 'a\\b', '.', '..', 'a\tb', 'a ']) {
      const told = JSON.stringify(name);
      await refused(`the folder ${told}`, () => sdk.createFolder(top.id, name), BAD_NAME);
      await refused(`the file ${told}`, () => sdk.upload(top.id, name, bytes('x')), BAD_NAME);
      await refused(`the copy ${told}`, () => sdk.copy(folder, top.id, name), BAD_NAME);
      await refused(`the new name ${told}`, () => sdk.update(file, undefined, name), BAD_NAME);
    }
    const long = 'x'.repeat(256);
    await refused('a long name', () => sdk.createFolder(top.id, long), LONG_NAME);
    await refused('a long name of a copy', () => sdk.copy(folder, top.id, long), LONG_NAME);
    const cyclic = [400, 'cyclical_folder_structure'];
    await refused('a folder into itself', () => sdk.update(folder, folder.id), cyclic);
    await refused('a copy into itself', () => sdk.copy(folder, folder.id, 'x'), cyclic);
    await sdk.createFolder(folder.id, 'inner');
    await refused('a folder with something in it', () => sdk.delete(folder), [400, 'folder_not_empty']);
    const tagged = () => sdk.delete(file, false, '7');
    await refused('one of another state', tagged, [412, 'precondition_failed']);
    await this.sees(top, ['a.txt 5', 'folder/', 'folder/inner/']);
  }

  async paging() {
    const many = await this.ofSeed('Many');
    for (const byMarker of [false, true]) {
      for (const limit of [100, 1000, 5000]) {
        const entries = await this.sdk.items(many.id, limit, byMarker);
        const what = `${byMarker ? 'markers' : 'offsets'}, ${limit}`;
        equal(`names (${what})`, entries.map((entry) => entry.name), MANY);
        equal(`ids (${what})`, new Set(entries.map((entry) => entry.id)).size, MANY.length);
      }
    }
  }

  async move(top) {
    const { sdk } = this;
    const folder = await sdk.createFolder(top.id, 'folder');
    const there = await sdk.createFolder(top.id, 'there');
    const file = await sdk.upload(folder.id, 'a.txt', bytes('moved'), THEN);
    const moved = await sdk.update(file, there.id, 'b.txt');
    equal('id', moved.id, file.id);
    await this.isFile(moved, 'b.txt', bytes('moved'), there);
    equal('time of the content', moved.modified, THEN);
    equal('etag', moved.etag, '1');
    const cased = await sdk.update(moved, undefined, 'B.txt');
    equal('its own name in another case', [cased.id, cased.name, cased.parentId], [file.id, 'B.txt', there.id]);
    const below = await sdk.update(there, folder.id);
    equal("a folder's id and parent", [below.id, below.parentId], [there.id, folder.id]);
    equal("a folder's new name", (await sdk.update(below, undefined, 'dort')).name, 'dort');
    await this.sees(top, ['folder/', 'folder/dort/', 'folder/dort/B.txt 5']);
  }

  async trash(top) {
    const { sdk } = this;
    const file = await sdk.upload(top.id, 'a.txt', bytes('x'));
    await sdk.delete(file, false, file.etag);
    equal('what is left', await sdk.items(top.id, 100, false), []);
    equal('a file in the trash', (await sdk.file(file.id)).status, 'trashed');
    const trashed = await sdk.trashed(file);
    equal('the same, asked for there', [trashed.id, trashed.status], [file.id, 'trashed']);
    await refused('one deleted twice', () => sdk.delete(file), DELETED);
    await refused('a copy of one in the trash', () => sdk.copy(file, top.id, 'x'), GONE);
    holds('the trash lists it', (await this.idsInTrash()).has(file.id));
    const back = await sdk.restore(file);
    equal('id of the one restored', back.id, file.id);
    await this.isFile(await sdk.file(file.id), 'a.txt', bytes('x'), top);
    await sdk.delete(back);
    const again = await sdk.upload(top.id, 'a.txt', bytes('another'));
    await refused('one whose name is taken', () => sdk.restore(file), TAKEN);
    equal('name of one restored', (await sdk.restore(file, 'b.txt')).name, 'b.txt');
    await sdk.delete(again);
    await sdk.purge(again);
    await refused('one deleted for good', () => sdk.file(again.id), GONE);
    await refused('one deleted for good twice', () => sdk.purge(again), GONE);
    holds('the trash does not list it', !(await this.idsInTrash()).has(again.id));
    await this.sees(top, ['b.txt 1']);
  }

  // Returns the ids in the trash, which must be the same with both kinds of paging.
  async idsInTrash() {
    const byOffset = (await this.sdk.trash(false)).map((entry) => entry.id);
    equal('the trash by marker', (await this.sdk.trash(true)).map((entry) => entry.id), byOffset);
    return new Set(byOffset);
  }

  async trashFolder(top) {
    const { sdk } = this;
    const folder = await sdk.createFolder(top.id, 'folder');
    const inner = await sdk.createFolder(folder.id, 'inner');
    const file = await sdk.upload(inner.id, 'a.txt', bytes('x'));
    await sdk.delete(folder, true);
    await refused('a folder in the trash', () => sdk.folder(folder.id), DELETED);
    const trashed = await sdk.trashed(folder);
    equal('the same, asked for there', [trashed.id, trashed.status], [folder.id, 'trashed']);
    const ids = await this.idsInTrash();
    holds('the trash lists only what was deleted itself', ids.has(folder.id) && !ids.has(inner.id));
    await sdk.restore(folder);
    await this.isFile(await sdk.file(file.id), 'a.txt', bytes('x'), inner);
    await this.sees(top, ['folder/', 'folder/inner/', 'folder/inner/a.txt 1']);
    await sdk.delete(folder, true);
    await sdk.createFolder(top.id, 'folder');
    await refused('one whose name is taken', () => sdk.restore(folder), TAKEN);
    equal('name of one restored', (await sdk.restore(folder, 'other')).name, 'other');
    await sdk.delete(folder, true);
    await sdk.purge(folder);
    await refused('one deleted for good', () => sdk.restore(folder), GONE);
    await this.sees(top, ['folder/']);
  }

  async search(top) {
    const { sdk } = this;
    const folder = await sdk.createFolder(top.id, 'a needle');
    const file = await sdk.upload(folder.id, 'Needles.txt', bytes('x'));
    await sdk.upload(folder.id, 'hay.txt', bytes('x'));
    const found = (await sdk.search('needle', top.id)).map((entry) => entry.id);
    equal('what is found', found.sort(), [folder.id, file.id].sort());
  }
}
