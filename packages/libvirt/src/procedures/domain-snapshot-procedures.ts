import { limits } from '../protocol/limits.ts';
import { domain, snapshot, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

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
