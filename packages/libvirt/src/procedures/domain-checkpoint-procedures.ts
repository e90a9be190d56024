import { limits } from '../protocol/limits.ts';
import { checkpoint, domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

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
