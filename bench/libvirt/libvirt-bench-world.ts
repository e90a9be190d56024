import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, takeDown } from '@ferry/lab';
import { LineProcess } from './line-process.ts';

const labName = 'benchlibvirt';
const pythonPath = '/root/python-client.py';
const nodesPath = '/root/thousand-domains.xml';
const read = '/var/lib/libvirt/images/read.raw';
const write = '/var/lib/libvirt/images/write.raw';

/** A client under measurement, and where it finds things: they see the host's files under different paths. */
export interface BenchClient {
  readonly process: LineProcess;
  /** libvirt's test driver in the daemon, over both transports; then with a thousand domains; then QEMU's. */
  readonly uris: Readonly<Record<'unix' | 'tcp' | 'thousand' | 'qemu', string>>;
  /** A file of random bytes. */
  readonly source: string;
}

/** One real host with libvirtd, and both clients beside it: same network namespace, same processors. */
export interface LibvirtBenchWorld {
  readonly node: BenchClient;
  readonly python: BenchClient;
  /** Paths of the volume that is read and of the one that is written. */
  readonly volumes: { readonly read: string; readonly write: string };
  /** MB a second of `virsh vol-download` or `vol-upload`. */
  virsh(direction: 'download' | 'upload'): Promise<number>;
  down(): Promise<void>;
}

/** Brings the host up and starts both clients. */
export async function libvirtBenchWorld(volumeMib: number): Promise<LibvirtBenchWorld> {
  await takeDown(labName);
  const lab = await Lab.up({ name: labName, hosts: 1, say: (line) => process.stderr.write(`${line}\n`) });
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('the lab has no host');
  writeFileSync(host.pathOnMachine(nodesPath), thousandDomains());
  const make = `head -c ${volumeMib}M /dev/urandom > ${read} && truncate -s ${volumeMib}M ${write} && virsh -q pool-refresh default`;
  await host.execOk(['sh', '-c', make]);
  await host.execOk(['tee', pythonPath], {
    input: readFileSync(join(import.meta.dirname, 'python-client.py'), 'utf8'),
  });
  const node = spawn(
    'ip',
    ['netns', 'exec', host.namespace, process.execPath, join(import.meta.dirname, 'node-client.ts')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const python = host.spawn(['python3', pythonPath], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [nodeProcess, pythonProcess] = [new LineProcess(node), new LineProcess(python)];
  const volumeBytes = volumeMib * 1024 * 1024;
  return {
    node: { process: nodeProcess, uris: urisOver(host.socketPath), source: host.pathOnMachine(read) },
    python: { process: pythonProcess, uris: urisOver('/run/libvirt/libvirt-sock'), source: read },
    volumes: { read, write },
    virsh: async (direction) => {
      const words =
        direction === 'download' ? ['vol-download', read, '/dev/null'] : ['vol-upload', write, read];
      const start = performance.now();
      await host.virsh(...words);
      return volumeBytes / 1e6 / ((performance.now() - start) / 1000);
    },
    down: async () => {
      nodeProcess.end();
      pythonProcess.end();
      await lab.down();
    },
  };
}

function urisOver(socket: string): BenchClient['uris'] {
  const unix = (driver: string, path: string): string => `${driver}+unix://${path}?socket=${socket}`;
  return {
    unix: unix('test', '/default'),
    tcp: 'test+tcp://127.0.0.1/default',
    thousand: unix('test', nodesPath),
    qemu: unix('qemu', '/system'),
  };
}

/** A world of the test driver whose domains have what usual ones have: disks, interfaces, a console. */
function thousandDomains(): string {
  const domains = Array.from({ length: 1_000 }, (_, index) => {
    const disks = ['vda', 'vdb'].map(
      (name) =>
        `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/${index}-${name}.qcow2'/><target dev='${name}' bus='virtio'/></disk>`,
    );
    const mac = `52:54:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 0xff).toString(16).padStart(2, '0')}`;
    const network = `<interface type='bridge'><mac address='${mac}'/><source bridge='br-ex'/><model type='virtio'/></interface>`;
    return `<domain type='test'><name>vm${index}</name><memory unit='MiB'>1024</memory><vcpu>2</vcpu><os><type arch='i686'>hvm</type></os><devices>${disks.join('')}${network}<console type='pty'/></devices></domain>`;
  });
  return `<node>${domains.join('\n')}</node>\n`;
}
