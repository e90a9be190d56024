import { domain, maybeText } from '../protocol/types.ts';
import { struct, uint32 } from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

/** What opens a stream beside volumes: `openConsole`, `openChannel` and `takeScreenshot` call these. */
export const streamProcedures = {
  /** `devName` is the device's alias; null is the first console. */
  domainOpenConsole: command(201, struct({ dom: domain, devName: maybeText, flags: uint32 })),
  domainScreenshot: procedure(
    211,
    struct({ dom: domain, screen: uint32, flags: uint32 }),
    struct({ mime: maybeText }),
  ),
  /** `name` is the name of the channel's target; null is the first channel. */
  domainOpenChannel: command(296, struct({ dom: domain, name: maybeText, flags: uint32 })),
} as const;
