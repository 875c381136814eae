// Runs the Box scenario with box-node-sdk 10, whose modules are generated from the OpenAPI description of Box.

import { installed, Refused } from './kit.mjs';
import { run } from './scenario.mjs';

const { BoxCcgAuth, BoxClient, BoxDeveloperTokenAuth, CcgConfig } = installed('box-node-sdk');
const { BoxApiError } = installed('box-node-sdk/box');
const { dateTimeFromString, generateByteStreamFromBuffer, readByteStream } = installed('box-node-sdk/internal');

class BoxNode {
  constructor(url, auth) {
    this.url = url;
    const urls = { baseUrl: url, uploadUrl: `${url}/api`, oauth2Url: `${url}/oauth2` };
    this.client = new BoxClient({ auth }).withCustomBaseUrls(urls);
  }

  async file(id) {
    return shown(await done(this.client.files.getFileById(id)));
  }

  async folder(id) {
    return shown(await done(this.client.folders.getFolderById(id)));
  }

  items(id, limit, byMarker) {
    const get = (place) => this.client.folders.getFolderItems(id, { queryParams: { limit, ...place } });
    return paged(get, byMarker);
  }

  async createFolder(parentId, name) {
    return shown(await done(this.client.folders.createFolder({ name, parent: { id: parentId } })));
  }

  async preflight(parentId, name, size) {
    const check = { name, size, parent: { id: parentId } };
    return (await done(this.client.uploads.preflightFileUploadCheck(check))).uploadUrl;
  }

  async upload(parentId, name, content, modified) {
    const attributes = { name, parent: { id: parentId } };
    if (modified) attributes.contentModifiedAt = dateTimeFromString(modified.toISOString());
    const file = generateByteStreamFromBuffer(content);
    return shown((await done(this.client.uploads.uploadFile({ attributes, file }))).entries[0]);
  }

  async uploadVersion(id, content) {
    // The SDK requires a name, which the file gets.
    const body = { attributes: { name: 'a.txt' }, file: generateByteStreamFromBuffer(content) };
    return shown((await done(this.client.uploads.uploadFileVersion(id, body))).entries[0]);
  }

  async uploadInParts(parentId, name, content) {
    const stream = generateByteStreamFromBuffer(content);
    return shown(await done(this.client.chunkedUploads.uploadBigFile(stream, name, content.length, parentId)));
  }

  async download(id, version) {
    return readByteStream(await done(this.client.downloads.downloadFile(id, { queryParams: { version } })));
  }

  async versions(id) {
    const { entries } = await done(this.client.fileVersions.getFileVersions(id));
    return entries.map((version) => [version.id, version.sha1]);
  }

  async copy(entry, parentId, name, version) {
    const body = { name, parent: { id: parentId } };
    if (entry.isFolder) return shown(await done(this.client.folders.copyFolder(entry.id, body)));
    return shown(await done(this.client.files.copyFile(entry.id, { ...body, version })));
  }

  async update(entry, parentId, name) {
    const how = { requestBody: { name, parent: parentId && { id: parentId } } };
    if (entry.isFolder) return shown(await done(this.client.folders.updateFolderById(entry.id, how)));
    return shown(await done(this.client.files.updateFileById(entry.id, how)));
  }

  async delete(entry, recursive = false, ifMatch = undefined) {
    const how = { queryParams: { recursive }, headers: { ifMatch } };
    if (entry.isFolder) await done(this.client.folders.deleteFolderById(entry.id, how));
    else await done(this.client.files.deleteFileById(entry.id, { headers: how.headers }));
  }

  trash(byMarker) {
    return paged((place) => this.client.trashedItems.getTrashedItems({ limit: 10, ...place }), byMarker);
  }

  async trashed(entry) {
    if (entry.isFolder) return shown(await done(this.client.trashedFolders.getTrashedFolderById(entry.id)));
    return shown(await done(this.client.trashedFiles.getTrashedFileById(entry.id)));
  }

  async restore(entry, name) {
    const how = { requestBody: { name } };
    if (entry.isFolder) return shown(await done(this.client.trashedFolders.restoreFolderFromTrash(entry.id, how)));
    return shown(await done(this.client.trashedFiles.restoreFileFromTrash(entry.id, how)));
  }

  async purge(entry) {
    if (entry.isFolder) await done(this.client.trashedFolders.deleteTrashedFolderById(entry.id));
    else await done(this.client.trashedFiles.deleteTrashedFileById(entry.id));
  }

  async search(query, folderId) {
    const { entries } = await done(this.client.search.searchForContent({ query, ancestorFolderIds: [folderId] }));
    return entries.map(shown);
  }

  async me() {
    const user = await done(this.client.users.getUserMe());
    return [user.id, user.login];
  }

  asApplication() {
    const config = new CcgConfig({ clientId: 'id', clientSecret: 'secret', enterpriseId: '1' });
    return new BoxNode(this.url, new BoxCcgAuth({ config }));
  }

  async position() {
    return String((await done(this.client.events.getEvents({ streamPosition: 'now' }))).nextStreamPosition);
  }

  async events(streamPosition) {
    const { entries } = await done(this.client.events.getEvents({ streamPosition }));
    return entries.map((event) => [event.eventType, event.source.id]);
  }
}

async function done(call) {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof BoxApiError)) throw error;
    const { statusCode, contextInfo, rawBody } = error.responseInfo;
    // The SDK reports the code in quotation marks, and does not parse the body if it expects no JSON.
    throw new Refused(statusCode, JSON.parse(rawBody || '{}').code, error.message, contextInfo);
  }
}

// Reads all pages, because this SDK has no iterator for them.
async function paged(get, byMarker) {
  const entries = [];
  const place = byMarker ? { usemarker: true } : { offset: 0 };
  for (;;) {
    const page = await done(get(place));
    entries.push(...page.entries.map(shown));
    if (byMarker ? !page.nextMarker : entries.length >= page.totalCount) return entries;
    if (byMarker) place.marker = page.nextMarker;
    else place.offset = entries.length;
  }
}

function shown(item) {
  return {
    id: item.id,
    name: item.name,
    isFolder: item.type === 'folder',
    etag: item.etag,
    parentId: item.parent?.id,
    status: item.itemStatus,
    size: item.size,
    sha1: item.sha1,
    versionId: item.fileVersion?.id,
    modified: item.contentModifiedAt?.value,
    ownerId: item.ownedBy?.id,
  };
}

await run('box-node', (url) => new BoxNode(url, new BoxDeveloperTokenAuth({ token: 'tok' })));
