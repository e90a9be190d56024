import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const device = xdr.struct({ dom: domain, xml: text, flags: xdr.uint32 });

/**
 * Devices of a domain, and what its interfaces may take. `device` is an interface's target name or MAC address.
 */
export const domainDeviceProcedures = {
  domainAttachDevice: command(8, xdr.struct({ dom: domain, xml: text })),
  domainDetachDevice: command(13, xdr.struct({ dom: domain, xml: text })),
  domainAttachDeviceFlags: command(160, device),
  domainDetachDeviceFlags: command(161, device),
  domainUpdateDeviceFlags: command(174, device),
  domainSetInterfaceParameters: command(
    256,
    xdr.struct({
      dom: domain,
      device: text,
      params: typedParameters(limits.interfaceParams),
      flags: xdr.uint32,
    }),
  ),
  domainGetInterfaceParameters: procedure(
    257,
    xdr.struct({ dom: domain, device: text, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.interfaceParams), nparams: xdr.int32 }),
  ),
  domainDetachDeviceAlias: command(392, xdr.struct({ dom: domain, alias: text, flags: xdr.uint32 })),
} as const;
