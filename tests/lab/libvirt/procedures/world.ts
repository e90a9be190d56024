import type { LabHost } from '@ferry/lab';
import { type Connection, connect } from '@ferry/libvirt';
import { PythonLibvirt } from './python-libvirt.ts';
import type { DriverName } from './domain-xml.ts';
import { furnish, uris } from './world-furniture.ts';
import { names } from './world-names.ts';
import { refsOf, type WorldRefs } from './world-refs.ts';

/** A driver on a release: `qemu 11.3`. */
export type WorldName = `${DriverName} ${'9.0' | '11.3'}`;

/** One driver of one host, as we see it and as python3-libvirt does; both hold the same things under the same names. */
export interface World extends WorldRefs {
  readonly name: WorldName;
  readonly driver: DriverName;
  readonly host: LabHost;
  readonly connection: Connection;
  readonly python: PythonLibvirt;
  /** Processors of the host, as the driver counts them. */
  readonly cpus: number;
  /** Output of virsh commands on this driver, each apart; null for one that failed. */
  virsh(commands: readonly string[]): Promise<(string | null)[]>;
  end(): Promise<void>;
}

/** Furnishes a driver of a host, and connects to it in both ways. */
export async function openWorld(host: LabHost, driver: DriverName, release: '9.0' | '11.3'): Promise<World> {
  const python = new PythonLibvirt(host, uris[driver], names);
  // The test driver's world lasts as long as somebody is connected to it: python's stays.
  await furnish(host, driver, python);
  const socket = encodeURIComponent(host.socketPath);
  const connection = await connect(`${uris[driver]}?socket=${socket}`, { configFile: null });
  return {
    ...(await refsOf(connection)),
    name: `${driver} ${release}`,
    driver,
    host,
    connection,
    python,
    cpus: Number(await python.value('conn.getCPUMap(0)[0]')),
    virsh: (commands) => virsh(host, uris[driver], commands),
    async end() {
      await connection.close();
      python.end();
    },
  };
}

const marker = 'x-end-of-command-x';

/** Many commands in one process: starting it takes longer than most of them. */
async function virsh(host: LabHost, uri: string, commands: readonly string[]): Promise<(string | null)[]> {
  if (commands.length === 0) return [];
  // An echo after each, which prints no end of line: what failed says so on stderr, and prints nothing before it.
  const line = commands.flatMap((command) => [command, `echo ${marker}`]).join('; ');
  const { stdout, stderr } = await host.exec(['virsh', '-q', '-c', uri, line]);
  const outputs = stdout.split(marker).slice(0, -1);
  if (outputs.length !== commands.length) throw new Error(`virsh: ${stderr}`);
  return outputs.map((output) => (output.trim() === '' ? null : output.trim()));
}
