import { parametersFrom } from '@ferry/libvirt';
import { type Case, read, write } from '../case.ts';

const job = "made.blockJobInfo('vda', 0)";
const type = `${job}.get('type')`;
/** Puts an empty image over the disk's. */
const overlay = (name: string): string =>
  `conn.getType() == 'TEST' or made.snapshotCreateXML('<domainsnapshot><name>${name}</name><disks><disk name="vda" snapshot="external"/></disks></domainsnapshot>', 0x14)`;
const backed = "'<backingStore type=' in made.XMLDesc(0)";
const copy =
  "<disk type='file'><source file='/var/lib/libvirt/probepool/copy.qcow2'/><driver type='qcow2'/></disk>";

/** Jobs on the disk of a paused domain, and what else can be set of its disks. */
export const domainBlockWrites: readonly Case[] = [
  write(
    'domainBlockResize',
    ({ made: dom }) => ({ dom, disk: 'vda', size: 33_554_432n, flags: 1 }),
    "made.blockResize('vda', 33554432, 1)",
    ["made.blockInfo('vda', 0)[0]", 33_554_432],
    { arrange: ['made.isActive() or made.createWithFlags(paused)'] },
  ),
  write(
    'domainBlockCommit',
    ({ made: dom }) => ({ dom, disk: 'vda', base: null, top: null, bandwidth: 0n, flags: 4 | 8 | 1 }),
    "made.blockCommit('vda', None, None, 0, 13)",
    [`${job}.get('cur', 0) >= ${job}.get('end', 0) and ${type}`, 4],
    { arrange: [overlay('one')] },
  ),
  read(
    'domainGetBlockJobInfo',
    ({ made: dom }) => ({ dom, path: 'vda', flags: 1 }),
    "made.blockJobInfo('vda', 1)",
    { as: ({ found, ...rest }) => (found ? rest : {}) },
  ),
  write(
    'domainBlockJobSetSpeed',
    ({ made: dom }) => ({ dom, path: 'vda', bandwidth: 1_048_576n, flags: 1 }),
    "made.blockJobSetSpeed('vda', 1048576, 1)",
    ["made.blockJobInfo('vda', 1).get('bandwidth')", 1_048_576],
  ),
  write(
    'domainBlockJobAbort',
    ({ made: dom }) => ({ dom, path: 'vda', flags: 2 }),
    "made.blockJobAbort('vda', 2)",
    [job, {}],
  ),
  write(
    'domainBlockPull',
    ({ made: dom }) => ({ dom, path: 'vda', bandwidth: 0n, flags: 0 }),
    "made.blockPull('vda', 0, 0)",
    [`${backed} or ${job}`, {}],
    { arrange: [overlay('two')] },
  ),
  write(
    'domainBlockRebase',
    ({ made: dom }) => ({ dom, path: 'vda', base: null, bandwidth: 0n, flags: 0 }),
    "made.blockRebase('vda', None, 0, 0)",
    [`${backed} or ${job}`, {}],
    { arrange: [overlay('three')] },
  ),
  write(
    'domainBlockCopy',
    ({ made: dom }) => ({
      dom,
      path: 'vda',
      destxml: copy,
      params: parametersFrom({ granularity: { type: 'uint', value: 65_536 } }),
      flags: 4,
    }),
    `made.blockCopy('vda', "${copy}", {'granularity': 65536}, 4)`,
    [type, 2],
  ),
  write(
    'domainBlockJobAbort',
    ({ made: dom }) => ({ dom, path: 'vda', flags: 0 }),
    "made.blockJobAbort('vda', 0)",
    [job, {}],
  ),
  write(
    'domainSetBlockThreshold',
    ({ made: dom }) => ({ dom, dev: 'vda', threshold: 1_048_576n, flags: 0 }),
    "made.setBlockThreshold('vda', 1048576, 0)",
    ["conn.domainListGetStats([made], 32, 0)[0][1]['block.0.threshold']", 1_048_576],
  ),
  write(
    'domainSetBlockIoTune',
    ({ made: dom, driver }) => ({
      dom,
      disk: 'vda',
      params: parametersFrom({ total_iops_sec: { type: 'ullong', value: 500n } }),
      flags: driver === 'qemu' ? 1 : 0,
    }),
    "made.setBlockIoTune('vda', {'total_iops_sec': 500}, 1)",
    ["made.blockIoTune('vda', 0)['total_iops_sec']", 500],
  ),
  write(
    'domainSetThrottleGroup',
    ({ made: dom }) => ({
      dom,
      group: 'slow',
      params: parametersFrom({ group_name: 'slow', total_iops_sec: { type: 'ullong', value: 100n } }),
      flags: 1,
    }),
    "made.setThrottleGroup('slow', {'group_name': 'slow', 'total_iops_sec': 100}, 1)",
    ["'<group_name>slow<' in made.XMLDesc(0)", true],
  ),
  write(
    'domainDelThrottleGroup',
    ({ made: dom }) => ({ dom, group: 'slow', flags: 1 }),
    "made.delThrottleGroup('slow', 1)",
    ["'<group_name>slow<' in made.XMLDesc(0)", false],
  ),
];
