import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { domain, snapshot, text, checkpoint, maybeText } from '../protocol/types.ts';
import { command, procedure } from './procedure.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';

const snap = xdr.struct({ snap: snapshot });
const snapFlags = xdr.struct({ snap: snapshot, flags: xdr.uint32 });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const snapshots = xdr.struct({ snapshots: xdr.array(snapshot, limits.listLength), ret: xdr.int32 });

/** Snapshots of domains. */
export const domainSnapshotProcedures = {
  domainSnapshotCreateXml: procedure(
    185,
    xdr.struct({ dom: domain, xmlDesc: text, flags: xdr.uint32 }),
    snap,
  ),
  domainSnapshotGetXmlDesc: procedure(186, snapFlags, xdr.struct({ xml: text })),
  domainSnapshotLookupByName: procedure(
    189,
    xdr.struct({ dom: domain, name: text, flags: xdr.uint32 }),
    snap,
  ),
  domainHasCurrentSnapshot: procedure(190, domFlags, xdr.struct({ result: xdr.flag })),
  /** Refuses when there is none. */
  domainSnapshotCurrent: procedure(191, domFlags, snap),
  domainRevertToSnapshot: command(192, snapFlags),
  domainSnapshotDelete: command(193, snapFlags),
  domainSnapshotGetParent: procedure(244, snapFlags, snap),
  domainSnapshotIsCurrent: procedure(271, snapFlags, xdr.struct({ current: xdr.flag })),
  domainSnapshotHasMetadata: procedure(272, snapFlags, xdr.struct({ metadata: xdr.flag })),
  domainListAllSnapshots: procedure(
    274,
    xdr.struct({ dom: domain, needResults: xdr.int32, flags: xdr.uint32 }),
    snapshots,
  ),
  domainSnapshotListAllChildren: procedure(
    275,
    xdr.struct({ snapshot, needResults: xdr.int32, flags: xdr.uint32 }),
    snapshots,
  ),
} as const;

const checkpointOnly = xdr.struct({ checkpoint });
const checkpointFlags = xdr.struct({ checkpoint, flags: xdr.uint32 });
const xml = xdr.struct({ xml: text });
const checkpoints = xdr.struct({ checkpoints: xdr.array(checkpoint, limits.listLength), ret: xdr.int32 });

/** Checkpoints of disks, and backups that build on them. */
export const domainCheckpointProcedures = {
  domainCheckpointCreateXml: procedure(
    411,
    xdr.struct({ dom: domain, xmlDesc: text, flags: xdr.uint32 }),
    checkpointOnly,
  ),
  domainCheckpointGetXmlDesc: procedure(412, checkpointFlags, xml),
  domainListAllCheckpoints: procedure(
    413,
    xdr.struct({ dom: domain, needResults: xdr.int32, flags: xdr.uint32 }),
    checkpoints,
  ),
  domainCheckpointListAllChildren: procedure(
    414,
    xdr.struct({ checkpoint, needResults: xdr.int32, flags: xdr.uint32 }),
    checkpoints,
  ),
  domainCheckpointLookupByName: procedure(
    415,
    xdr.struct({ dom: domain, name: text, flags: xdr.uint32 }),
    checkpointOnly,
  ),
  /** Refuses when there is none. */
  domainCheckpointGetParent: procedure(416, checkpointFlags, xdr.struct({ parent: checkpoint })),
  domainCheckpointDelete: command(417, checkpointFlags),
  /**
   * Starts a push or pull backup as a job of the domain; with `checkpointXml` it makes a checkpoint as of the same
   * moment.
   */
  domainBackupBegin: command(
    421,
    xdr.struct({ dom: domain, backupXml: text, checkpointXml: maybeText, flags: xdr.uint32 }),
  ),
  domainBackupGetXmlDesc: procedure(422, xdr.struct({ dom: domain, flags: xdr.uint32 }), xml),
} as const;

/**
 * Domains put to disk with their memory, and brought back. `dxml` is a definition in place of the saved one; paths
 * are those of the daemon's host.
 */
export const domainSaveProcedures = {
  domainCoreDump: command(53, xdr.struct({ dom: domain, to: text, flags: xdr.uint32 })),
  domainRestore: command(54, xdr.struct({ from: text })),
  domainSave: command(55, xdr.struct({ dom: domain, to: text })),
  domainManagedSave: command(182, domFlags),
  domainHasManagedSaveImage: procedure(183, domFlags, xdr.struct({ result: xdr.flag })),
  domainManagedSaveRemove: command(184, domFlags),
  domainSaveFlags: command(232, xdr.struct({ dom: domain, to: text, dxml: maybeText, flags: xdr.uint32 })),
  domainRestoreFlags: command(233, xdr.struct({ from: text, dxml: maybeText, flags: xdr.uint32 })),
  domainSaveImageGetXmlDesc: procedure(235, xdr.struct({ file: text, flags: xdr.uint32 }), xml),
  domainSaveImageDefineXml: command(236, xdr.struct({ file: text, dxml: text, flags: xdr.uint32 })),
  domainCoreDumpWithFormat: command(
    334,
    xdr.struct({ dom: domain, to: text, dumpformat: xdr.uint32, flags: xdr.uint32 }),
  ),
  domainManagedSaveGetXmlDesc: procedure(388, domFlags, xml),
  domainManagedSaveDefineXml: command(389, xdr.struct({ dom: domain, dxml: maybeText, flags: xdr.uint32 })),
  domainSaveParams: command(
    440,
    xdr.struct({ dom: domain, params: typedParameters(limits.saveParams), flags: xdr.uint32 }),
  ),
  domainRestoreParams: command(
    441,
    xdr.struct({ params: typedParameters(limits.saveParams), flags: xdr.uint32 }),
  ),
} as const;
