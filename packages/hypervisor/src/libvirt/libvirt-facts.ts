import type { ResultOf } from '@ferry/libvirt';
import type { HostFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { readCapabilitiesXml } from '../xml/capabilities-xml.ts';
import { XmlError } from '../xml/parse-xml.ts';
import { readNetworkXml } from '../xml/network-xml.ts';
import type { HostConnection } from './host-connection.ts';

const kibibyte = 1024;

/** Asks a host all that it says about itself, in one round of calls side by side. */
export async function readHostFacts(connection: HostConnection, call: Call): Promise<HostFacts> {
  const [{ type }, { hvVer }, { libVer }, { hostname }, capabilities, node, memory, { nets }] =
    await Promise.all([
      connection.call('connectGetType', {}, call),
      connection.call('connectGetVersion', {}, call),
      connection.call('connectGetLibVersion', {}, call),
      connection.call('connectGetHostname', {}, call),
      connection.call('connectGetCapabilities', {}, call),
      connection.call('nodeGetInfo', {}, call),
      readMemoryStats(connection, call),
      connection.call('connectListAllNetworks', { needResults: 1, flags: 0 }, call),
    ]);
  const networks = await Promise.all(
    nets.map(async (net) => {
      const [{ xml }, { active }] = await Promise.all([
        connection.call('networkGetXmlDesc', { net, flags: 0 }, call),
        connection.call('networkIsActive', { net }, call),
      ]);
      const { name, bridge } = parse(connection, () => readNetworkXml(xml));
      return { name, bridge, active };
    }),
  );
  const kib = new Map(memory.params.map(({ field, value }) => [field, Number(value) * kibibyte]));
  return {
    ...parse(connection, () => readCapabilitiesXml(capabilities.capabilities)),
    hostname,
    hypervisorType: type,
    hypervisorVersion: Number(hvVer),
    libvirtVersion: Number(libVer),
    cpus: node.cpus,
    // What the kernel manages, of which the available part is a part; the node's own figure counts what is plugged in.
    memoryBytes: kib.get('total') ?? Number(node.memory) * kibibyte,
    // What a guest could take: free, and what the kernel gives back when asked.
    memoryAvailableBytes: (kib.get('free') ?? 0) + (kib.get('buffers') ?? 0) + (kib.get('cached') ?? 0),
    networks,
  };
}

/** Memory of all cells together. libvirt wants the exact number of values, and tells it when asked for none. */
async function readMemoryStats(
  connection: HostConnection,
  call: Call,
): Promise<ResultOf<'nodeGetMemoryStats'>> {
  const { nparams } = await connection.call(
    'nodeGetMemoryStats',
    { nparams: 0, cellNum: -1, flags: 0 },
    call,
  );
  return connection.call('nodeGetMemoryStats', { nparams, cellNum: -1, flags: 0 }, call);
}

/** Runs a reader of XML; its errors become the contract's. */
export function parse<T>(connection: Pick<HostConnection, 'uri'>, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new HypervisorError(
      'invalid-xml',
      connection.uri,
      `${connection.uri}: XML that makes no sense: ${cause.message}`,
      { cause },
    );
  }
}
