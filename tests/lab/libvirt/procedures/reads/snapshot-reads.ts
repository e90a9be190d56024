import { type Case, read } from '../case.ts';

/** Snapshots of a domain at rest, checkpoints of one that runs. */
export const snapshotReads: readonly Case[] = [
  read('domainSnapshotGetXmlDesc', ({ leaf: snap }) => ({ snap, flags: 0 }), 'leaf.getXMLDesc(0)', {
    virsh: ['snapshot-dumpxml rest leaf', ({ xml }) => xml],
  }),
  read(
    'domainSnapshotLookupByName',
    ({ rest: dom }) => ({ dom, name: 'leaf', flags: 0 }),
    "rest.snapshotLookupByName('leaf', 0)",
  ),
  read('domainHasCurrentSnapshot', ({ rest: dom }) => ({ dom, flags: 0 }), 'rest.hasCurrentSnapshot(0)'),
  read('domainHasCurrentSnapshot', ({ dom }) => ({ dom, flags: 0 }), 'dom.hasCurrentSnapshot(0)'),
  read('domainSnapshotCurrent', ({ rest: dom }) => ({ dom, flags: 0 }), 'rest.snapshotCurrent(0)', {
    virsh: ['snapshot-current rest --name', ({ snap }) => snap.name],
  }),
  read('domainSnapshotGetParent', ({ leaf: snap }) => ({ snap, flags: 0 }), 'leaf.getParent(0)', {
    virsh: ['snapshot-parent rest leaf', ({ snap }) => snap.name],
  }),
  read('domainSnapshotGetParent', ({ snap }) => ({ snap, flags: 0 }), 'snap.getParent(0)', {
    refused: ['qemu', 'test'],
  }),
  read('domainSnapshotIsCurrent', ({ leaf: snap }) => ({ snap, flags: 0 }), 'leaf.isCurrent(0)'),
  read('domainSnapshotIsCurrent', ({ snap }) => ({ snap, flags: 0 }), 'snap.isCurrent(0)'),
  read('domainSnapshotHasMetadata', ({ snap }) => ({ snap, flags: 0 }), 'snap.hasMetadata(0)'),
  read(
    'domainListAllSnapshots',
    ({ rest: dom }) => ({ dom, needResults: 1, flags: 0 }),
    'rest.listAllSnapshots(0)',
    {
      unordered: true,
      virsh: [
        'snapshot-list rest --name --topological',
        ({ snapshots }) => snapshots.map(({ name }) => name),
      ],
    },
  ),
  read(
    'domainSnapshotListAllChildren',
    ({ snap: snapshot }) => ({ snapshot, needResults: 1, flags: 0 }),
    'snap.listAllChildren(0)',
    {
      virsh: ['snapshot-list rest --from trunk --name', ({ snapshots }) => snapshots.map(({ name }) => name)],
    },
  ),
  read(
    'domainCheckpointGetXmlDesc',
    ({ checkLeaf: checkpoint }) => ({ checkpoint, flags: 0 }),
    'checkLeaf.getXMLDesc(0)',
    {
      virsh: ['checkpoint-dumpxml probe leaf', ({ xml }) => xml],
    },
  ),
  read(
    'domainListAllCheckpoints',
    ({ dom }) => ({ dom, needResults: 1, flags: 0 }),
    'dom.listAllCheckpoints(0)',
    {
      unordered: true,
      virsh: ['checkpoint-list probe --name', ({ checkpoints }) => checkpoints.map(({ name }) => name)],
    },
  ),
  read(
    'domainCheckpointListAllChildren',
    ({ check: checkpoint }) => ({ checkpoint, needResults: 1, flags: 0 }),
    'check.listAllChildren(0)',
    {
      virsh: [
        'checkpoint-list probe --from trunk --name',
        ({ checkpoints }) => checkpoints.map(({ name }) => name),
      ],
    },
  ),
  read(
    'domainCheckpointLookupByName',
    ({ dom }) => ({ dom, name: 'leaf', flags: 0 }),
    "dom.checkpointLookupByName('leaf', 0)",
  ),
  read(
    'domainCheckpointGetParent',
    ({ checkLeaf: checkpoint }) => ({ checkpoint, flags: 0 }),
    'checkLeaf.getParent(0)',
    {
      virsh: ['checkpoint-parent probe leaf', ({ parent }) => parent.name],
    },
  ),
];
