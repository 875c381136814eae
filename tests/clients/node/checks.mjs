// The checks that all groups of the SDKs of Box for Node share.
//
// An SDK has the verbs of box_sdk.py under the same names. It returns files and folders as objects with `id`, `name`,
// `isFolder`, `etag`, `parentId`, `status`, `size`, `sha1`, `versionId`, `modified` (a Date) and `ownerId`. Unknown
// values are undefined. Errors of the server throw `Refused`.

import { equal, holds, refused, sha1 } from './kit.mjs';

// The files of folders of the fixture.
export const MANY = Array.from({ length: 1203 }, (_, number) => `f${String(number).padStart(4, '0')}.txt`);
export const WIDE = Array.from({ length: 600 }, (_, number) => `w${String(number).padStart(3, '0')}.txt`);
// A size for chunked uploads, which need 20 MB or more. It is not a multiple of any part size.
export const LONG = 20 * 1024 * 1024 + 1234;
export const THEN = new Date('2019-03-04T05:06:07Z');
// An id that no file or folder has.
export const NOBODY = '999999999999999';

export const TAKEN = [409, 'item_name_in_use'];
export const GONE = [404, 'not_found'];
export const DELETED = [404, 'trashed'];
export const BAD_NAME = [400, 'item_name_invalid'];
export const LONG_NAME = [400, 'item_name_too_long'];

export class Checks {
  constructor(sdk, url) {
    Object.assign(this, { sdk, url });
  }

  // Checks the items below a folder, without the SDK.
  async sees(top, wanted) {
    equal('the content of the drive', await this.tree(top.id), wanted);
  }

  // Lists everything below a folder, sorted by name. Folders end with a slash, files with their size.
  async tree(folderId) {
    const link = `${this.url}/2.0/folders/${folderId}/items?fields=name,size&limit=1000`;
    const answer = await fetch(link, { signal: AbortSignal.timeout(20_000) });
    const { entries } = await answer.json();
    const lines = [];
    for (const { type, id, name, size } of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (type !== 'folder') lines.push(`${name} ${size}`);
      else lines.push(`${name}/`, ...(await this.tree(id)).map((line) => `${name}/${line}`));
    }
    return lines;
  }

  async isFile(file, name, content, parent) {
    equal('name', file.name, name);
    holds(`${name} is a file`, !file.isFolder);
    equal(`size of ${name}`, file.size, content.length);
    equal(`SHA-1 of ${name}`, file.sha1, sha1(content));
    equal(`parent of ${name}`, file.parentId, parent.id);
    const read = await this.sdk.download(file.id);
    holds(`what is downloaded of ${name} is what was uploaded`, Buffer.from(content).equals(read));
  }

  // Checks that a call fails because of a taken name, and reports the conflict in the shape of the real service.
  async taken(what, call, holder, isList = false) {
    const { context } = await refused(what, call, TAKEN);
    let conflicts = context?.conflicts;
    if (isList) {
      equal(`${what}: number of conflicts`, conflicts?.length, 1);
      [conflicts] = conflicts;
    }
    equal(`${what}: type of the holder`, conflicts?.type, holder.isFolder ? 'folder' : 'file');
    equal(`${what}: the holder`, [conflicts.id, conflicts.name], [holder.id, holder.name]);
    if (!holder.isFolder) equal(`${what}: SHA-1 of the holder`, conflicts.sha1, holder.sha1);
  }

  // Returns a folder of the fixture.
  async ofSeed(name) {
    return (await this.sdk.items('0', 1000, false)).find((entry) => entry.name === name);
  }
}
