import { expect, test } from 'vitest';
import { parseVolumeSource } from './volume.ts';

test.each([
  ['nbd://san1/web', { protocol: 'nbd', name: 'web', servers: ['san1:10809'] }],
  ['nbd://10.0.0.9:10810/web', { protocol: 'nbd', name: 'web', servers: ['10.0.0.9:10810'] }],
  ['nbd://[fd00::9]:10810/web', { protocol: 'nbd', name: 'web', servers: ['fd00::9:10810'] }],
  [
    'iscsi://san1/iqn.2026-01.example:disks/1',
    { name: 'iqn.2026-01.example:disks/1', servers: ['san1:3260'] },
  ],
  ['rbd:vms/web', { protocol: 'rbd', name: 'vms/web', servers: [] }],
  ['rbd://mon1,mon2:3300/vms/web', { name: 'vms/web', servers: ['mon1:6789', 'mon2:3300'] }],
])('%s is read', (text, place) => {
  expect(parseVolumeSource(text)).toMatchObject({ kind: 'network', ...place });
});

test.each([
  ['/images/web.qcow2', 'none of these forms'],
  ['nbd://san1', 'none of these forms'],
  ['nbd://user@san1/web', 'none of these forms'],
  ['nbd://san1:99999/web', 'no HOST or HOST:PORT'],
  ['nbd://san1,san2/web', 'one server'],
  ["nbd://san1/it's", 'characters'],
  ['iscsi://san1/iqn.2026-01.example:disks', 'number of a unit'],
  ['rbd:web', 'no POOL/IMAGE'],
])('%s is refused: %s', (text, why) => {
  expect(parseVolumeSource(text)).toContain(why);
});
