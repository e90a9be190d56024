import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const xml = xdr.struct({ xml: text });

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
