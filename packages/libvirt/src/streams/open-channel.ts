import { type ArgsOf, procedures } from '../procedures/procedures.ts';
import type { DomainRef } from '../protocol/types.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { GuestChannel } from './guest-channel.ts';
import { StreamInbox } from './stream-inbox.ts';

/** Which device of the guest, and whether whoever has it open now loses it. */
export interface ChannelOptions extends CallOptions {
  /** A console's alias, such as `serial0`, or the name of a channel's target; the first when not given. */
  readonly device?: string;
  readonly force?: boolean;
}

/** VIR_DOMAIN_CONSOLE_FORCE and VIR_DOMAIN_CHANNEL_FORCE. */
const forceFlag = 1;

/** Opens a console of a guest that runs. The options' deadline is that of
 * opening, their signal aborts the channel. Rejects with LibvirtError, ClientError. */
export function openConsole(
  connection: Connection,
  dom: DomainRef,
  options: ChannelOptions = {},
): Promise<GuestChannel> {
  const { device: devName = null } = options;
  return open(connection, 'domainOpenConsole', { dom, devName, flags: flagsOf(options) }, options);
}

/** Opens a channel to a program in a guest, where its hypervisor has it as a unix socket of the host. */
export function openChannel(
  connection: Connection,
  dom: DomainRef,
  options: ChannelOptions = {},
): Promise<GuestChannel> {
  const { device: name = null } = options;
  return open(connection, 'domainOpenChannel', { dom, name, flags: flagsOf(options) }, options);
}

async function open<N extends 'domainOpenConsole' | 'domainOpenChannel'>(
  connection: Connection,
  name: N,
  args: ArgsOf<N>,
  options: CallOptions,
): Promise<GuestChannel> {
  const inbox = new StreamInbox(connection, name);
  const { serial } = await connection.callForSerial(name, args, options, inbox);
  return new GuestChannel(connection, { procedure: procedures[name].number, serial }, inbox, options.signal);
}

function flagsOf({ force = false }: ChannelOptions): number {
  return force ? forceFlag : 0;
}
