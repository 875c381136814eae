// Runs the groups of verbs with an SDK of Box for Node. box_scenario.py has the same groups.

import { Account } from './account.mjs';
import { Copies } from './copies.mjs';
import { Items } from './items.mjs';
import { commandLine, Report } from './kit.mjs';

const GROUPS = [
  [Items, ['createFolder', 'upload', 'uploadInParts', 'preflight', 'newVersion', 'refusals', 'paging', 'move']],
  [Items, ['trash', 'trashFolder', 'search']],
  [Copies, ['copyFile', 'copyVersion', 'copyFolder', 'copyLong', 'conflicts']],
  [Account, ['user', 'clientCredentials', 'events']],
];

// Runs all groups with the SDK that `open` creates for a server, and exits. Each group runs in a new folder, so that
// they are independent.
export async function run(name, open) {
  const { url, keepsGoing } = commandLine();
  const report = new Report(name, keepsGoing);
  const sdk = open(url);
  for (const [Kind, verbs] of GROUPS) {
    const checks = new Kind(sdk, url);
    for (const verb of verbs) {
      const group = verb.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      await report.group(group, async () => checks[verb](await sdk.createFolder('0', `${name} ${group}`)));
    }
  }
  report.end();
}
