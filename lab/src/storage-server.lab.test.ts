import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseContent, guestChecksum } from './base-content.ts';
import { Lab } from './lab.ts';
import { StorageServer } from './storage-server.ts';

let lab: Lab;
let storage: StorageServer;

beforeAll(async () => {
  lab = await Lab.up({ name: 'labstorage', hosts: 2 });
  storage = new StorageServer(lab.host('compute12'));
});
afterAll(() => lab?.down());

test.each(['nbd', 'iscsi', 'nfs'] as const)(
  'a guest runs from a disk by %s, and goes over to another host',
  async (protocol) => {
    const networkDisk = await storage[protocol](protocol);
    const [source, target] = [lab.host('compute11'), lab.host('compute12')];
    const guest = await lab.createGuest({ name: protocol, host: source, networkDisk });
    await guest.waitAlive();
    expect(await guest.diskChecksum()).toBe(guestChecksum(baseContent()));
    await source.virsh(
      'migrate',
      '--live',
      '--p2p',
      '--persistent',
      '--undefinesource',
      protocol,
      target.uri,
    );
    expect(await lab.runners(protocol)).toEqual(['compute12']);
    expect(await guest.diskChecksum()).toBe(guestChecksum(baseContent()));
    await target.virsh('destroy', protocol);
  },
);
