// Runs the Box scenario with box-node-sdk 3, the SDK before the generated one, which iterates over pages.

import http from 'node:http';

import { installed, Refused } from './kit.mjs';
import { run } from './scenario.mjs';

const BoxSdkNode = installed('box-node-sdk');

class BoxNode3 {
  // A client that iterates over pages regards the response to an upload as a page too, unless it comes from Box's host.
  constructor(client, pages, application) {
    Object.assign(this, { client, pages, application });
  }

  static open(url) {
    const settings = {
      clientID: 'id',
      clientSecret: 'secret',
      enterpriseID: '1',
      apiRootURL: url,
      uploadAPIRootURL: `${url}/api`,
      authorizeRootURL: url,
      request: { agentClass: http.Agent },
    };
    const plain = new BoxSdkNode(settings);
    const paging = new BoxSdkNode({ ...settings, iterators: true });
    const application = () => new BoxNode3(plain.getAnonymousClient(), paging.getAnonymousClient());
    return new BoxNode3(plain.getBasicClient('tok'), paging.getBasicClient('tok'), application);
  }

  async file(id) {
    return shown(await done(this.client.files.get(id)));
  }

  async folder(id) {
    return shown(await done(this.client.folders.get(id)));
  }

  items(id, limit, byMarker) {
    const place = byMarker ? { usemarker: true } : { offset: 0 };
    return all(this.pages.folders.getItems(id, { limit, ...place }));
  }

  async createFolder(parentId, name) {
    return shown(await done(this.client.folders.create(parentId, name)));
  }

  async preflight(parentId, name, size) {
    return (await done(this.client.files.preflightUploadFile(parentId, { name, size }))).upload_url;
  }

  async upload(parentId, name, content, modified) {
    const how = modified && { content_modified_at: modified.toISOString().replace('.000', '') };
    return shown((await done(this.client.files.uploadFile(parentId, name, content, how))).entries[0]);
  }

  async uploadVersion(id, content) {
    return shown((await done(this.client.files.uploadNewFileVersion(id, content))).entries[0]);
  }

  async uploadInParts(parentId, name, content) {
    const uploader = await done(this.client.files.getChunkedUploader(parentId, content.length, name, content));
    return shown((await done(uploader.start())).entries[0]);
  }

  async download(id, version) {
    const stream = await done(this.client.files.getReadStream(id, version && { version }));
    const parts = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  }

  async versions(id) {
    const { entries } = await done(this.client.files.getVersions(id));
    return entries.map((version) => [version.id, version.sha1]);
  }

  async copy(entry, parentId, name, version) {
    const how = { ...(name && { name }), ...(version && { version }) };
    return shown(await done(this.manager(entry).copy(entry.id, parentId, how)));
  }

  async update(entry, parentId, name) {
    const changes = { ...(name && { name }), ...(parentId && { parent: { id: parentId } }) };
    return shown(await done(this.manager(entry).update(entry.id, changes)));
  }

  async delete(entry, recursive = false, etag = undefined) {
    await done(this.manager(entry).delete(entry.id, { ...(recursive && { recursive }), ...(etag && { etag }) }));
  }

  trash(byMarker) {
    return all(this.pages.trash.get({ limit: 10, ...(byMarker ? { usemarker: true } : { offset: 0 }) }));
  }

  async trashed(entry) {
    if (entry.isFolder) return shown(await done(this.client.folders.getTrashedFolder(entry.id)));
    return shown(await done(this.client.files.getTrashedFile(entry.id)));
  }

  async restore(entry, name) {
    return shown(await done(this.manager(entry).restoreFromTrash(entry.id, name ? { name } : {})));
  }

  async purge(entry) {
    await done(this.manager(entry).deletePermanently(entry.id));
  }

  search(text, folderId) {
    return all(this.pages.search.query(text, { ancestor_folder_ids: folderId }));
  }

  async me() {
    const user = await done(this.client.users.get(this.client.CURRENT_USER_ID));
    return [user.id, user.login];
  }

  asApplication() {
    return this.application();
  }

  async position() {
    return String(await done(this.client.events.getCurrentStreamPosition()));
  }

  async events(position) {
    const { entries } = await done(this.client.events.get({ stream_position: position }));
    return entries.map((event) => [event.event_type, event.source.id]);
  }

  manager(entry) {
    return entry.isFolder ? this.client.folders : this.client.files;
  }
}

async function done(call) {
  try {
    return await call;
  } catch (error) {
    if (!error.response) throw error;
    // The SDK does not parse the response to a download or a commit as JSON.
    const { body } = error.response;
    const told = Buffer.isBuffer(body) || typeof body === 'string' ? JSON.parse(body) : body;
    throw new Refused(error.statusCode, told?.code, error.message, told?.context_info);
  }
}

async function all(iterator) {
  const pages = await done(iterator);
  const entries = [];
  for (;;) {
    const { value, done: isEnd } = await done(pages.next());
    if (isEnd) return entries;
    entries.push(shown(value));
  }
}

function shown(item) {
  return {
    id: item.id,
    name: item.name,
    isFolder: item.type === 'folder',
    etag: item.etag,
    parentId: item.parent?.id,
    status: item.item_status,
    size: item.size,
    sha1: item.sha1,
    versionId: item.file_version?.id,
    modified: item.content_modified_at && new Date(item.content_modified_at),
    ownerId: item.owned_by?.id,
  };
}

await run('box-node3', BoxNode3.open);
