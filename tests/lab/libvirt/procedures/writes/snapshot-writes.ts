import { JobType } from '@ferry/libvirt';
import { type Case, read, write } from '../case.ts';

const named = (element: string, name: string): string => `<${element}><name>${name}</name></${element}>`;
const checkpointXml =
  "<domaincheckpoint><name>third</name><disks><disk name='vda' checkpoint='bitmap'/><disk name='vdb' checkpoint='no'/></disks></domaincheckpoint>";
/** One that others fetch is a job until it is ended. */
const backupXml =
  "<domainbackup mode='pull'><server transport='tcp' name='127.0.0.1' port='10809'/><disks><disk name='vda' backup='yes' type='file'><scratch file='/var/lib/libvirt/probepool/scratch.qcow2'/></disk><disk name='vdb' backup='no'/></disks></domainbackup>";
const names = 'sorted(s.getName() for s in rest.listAllSnapshots(0))';
const checks = 'sorted(c.getName() for c in dom.listAllCheckpoints(0))';

const backup: readonly Case[] = [
  write(
    'domainBackupBegin',
    ({ dom }) => ({ dom, backupXml, checkpointXml: null, flags: 0 }),
    `dom.backupBegin("${backupXml}", None, 0)`,
    ['dom.jobInfo()[0]', JobType.unbounded],
  ),
  read('domainBackupGetXmlDesc', ({ dom }) => ({ dom, flags: 0 }), 'dom.backupGetXMLDesc(0)', {
    refused: ['test'],
  }),
];

/** Snapshots of the domain at rest, checkpoints and a backup of the one that runs. */
export const snapshotWrites: readonly Case[] = [
  write(
    'domainSnapshotCreateXml',
    ({ rest: dom }) => ({ dom, xmlDesc: named('domainsnapshot', 'third'), flags: 0 }),
    `rest.snapshotCreateXML('${named('domainsnapshot', 'third')}', 0)`,
    [names, ['leaf', 'third', 'trunk']],
  ),
  write('domainRevertToSnapshot', ({ snap }) => ({ snap, flags: 0 }), 'rest.revertToSnapshot(snap, 0)', [
    'rest.snapshotCurrent(0).getName()',
    'trunk',
  ]),
  write(
    'domainSnapshotDelete',
    ({ rest: dom }) => ({ snap: { name: 'third', dom }, flags: 0 }),
    "rest.snapshotLookupByName('third').delete(0)",
    [names, ['leaf', 'trunk']],
  ),
  write(
    'domainCheckpointCreateXml',
    ({ dom }) => ({ dom, xmlDesc: checkpointXml, flags: 0 }),
    `dom.checkpointCreateXML("${checkpointXml}", 0)`,
    [checks, ['leaf', 'third', 'trunk']],
  ),
  write(
    'domainCheckpointDelete',
    ({ dom }) => ({ checkpoint: { name: 'third', dom }, flags: 0 }),
    "dom.checkpointLookupByName('third').delete(0)",
    [checks, ['leaf', 'trunk']],
  ),
  ...backup,
  write('domainAbortJob', ({ dom }) => ({ dom }), 'dom.abortJob()', ['dom.jobInfo()[0]', JobType.none]),
  ...backup,
  write('domainAbortJobFlags', ({ dom }) => ({ dom, flags: 0 }), 'dom.abortJobFlags(0)', [
    'dom.jobInfo()[0]',
    JobType.none,
  ]),
];
