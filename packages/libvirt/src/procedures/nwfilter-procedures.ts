import { limits } from '../protocol/limits.ts';
import { nwfilter, nwfilterBinding, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const name = xdr.struct({ name: text });
const filter = xdr.struct({ nwfilter });
const xml = xdr.struct({ xml: text });
const list = xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 });
const binding = xdr.struct({ nwfilter: nwfilterBinding });
const xmlFlags = xdr.struct({ xml: text, flags: xdr.uint32 });

/** Network filters, and their bindings to the ports of guests. */
export const nwfilterProcedures = {
  nwfilterLookupByName: procedure(175, name, filter),
  nwfilterLookupByUuid: procedure(176, xdr.struct({ uuid: xdr.uuid }), filter),
  nwfilterGetXmlDesc: procedure(177, xdr.struct({ nwfilter, flags: xdr.uint32 }), xml),
  nwfilterDefineXml: procedure(180, xml, filter),
  nwfilterUndefine: command(181, filter),
  connectListAllNwfilters: procedure(
    286,
    list,
    xdr.struct({ filters: xdr.array(nwfilter, limits.listLength), ret: xdr.uint32 }),
  ),
  /** `name` is the port's interface on the host. */
  nwfilterBindingLookupByPortDev: procedure(397, name, binding),
  nwfilterBindingGetXmlDesc: procedure(
    398,
    xdr.struct({ nwfilter: nwfilterBinding, flags: xdr.uint32 }),
    xml,
  ),
  nwfilterBindingCreateXml: procedure(399, xmlFlags, binding),
  nwfilterBindingDelete: command(400, binding),
  connectListAllNwfilterBindings: procedure(
    401,
    list,
    xdr.struct({ bindings: xdr.array(nwfilterBinding, limits.listLength), ret: xdr.uint32 }),
  ),
  nwfilterDefineXmlFlags: procedure(431, xmlFlags, filter),
} as const;
