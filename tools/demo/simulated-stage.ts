import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startController } from '@ferry/controller';
import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';
import type { Stage } from './stage.ts';

const mebibyte = 1024 * 1024;

/** The same on hosts that exist in memory only: for machines without root or Linux. It shows the commands and proves nothing. */
export async function simulatedStage(): Promise<Stage> {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 40 });
  world.bytesPerStep = 4 * mebibyte;
  const shared = new Map();
  const uris = ['compute11', 'compute12', 'compute13'].map(
    (name) => world.addHost(name, { shared: { '/shared': shared } }).uri,
  );
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ferry-demo-'));
  const controller = await startController({
    dataDirectory,
    listen: null,
    hypervisor: new SimulatedHypervisor(world),
    log: pino({ level: 'warn' }),
  });
  let made = 0;
  return {
    hostUris: uris,
    dataDirectory,
    hint: () =>
      'Simulated hosts end with the demo: nothing is kept. `make demo-web` has some that stay, with the dashboard.',
    makeGuest: (name, host, storage) => {
      made += 1;
      const directory = storage === 'local' ? '/images' : '/shared';
      const files = world.host(host).directories.get(directory);
      const image = { format: 'qcow2', capacityBytes: 256 * mebibyte, owner: null };
      files?.set('base.qcow2', { ...image, backing: null, content: 'base'.repeat(1000) });
      files?.set(`${name}.qcow2`, {
        ...image,
        backing: { path: `${directory}/base.qcow2`, format: 'qcow2' },
        content: `state of ${name}`,
      });
      world.addDomain(host, domainXml(name, made, `${directory}/${name}.qcow2`));
      return Promise.resolve();
    },
    putStrayFile: (guest, host) => {
      const stray = { format: 'raw', capacityBytes: 0, backing: null, owner: null, content: '' };
      world.host(host).directories.get('/images')?.set(`${guest}.qcow2`, stray);
      return Promise.resolve();
    },
    removeStrayFile: (guest, host) => {
      world.host(host).directories.get('/images')?.delete(`${guest}.qcow2`);
      return Promise.resolve();
    },
    lifeSign: (name) => {
      const runner = [...world.hosts.values()].find((host) =>
        [...host.domains.values()].some(
          (one) => one.state === 'running' && one.xml.includes(`<name>${name}<`),
        ),
      );
      return Promise.resolve(`${name} on ${runner?.name ?? 'no host'} (simulated)`);
    },
    down: async () => {
      await controller.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

function domainXml(name: string, number: number, disk: string): string {
  return `<domain type='qemu'><name>${name}</name><uuid>00000000-0000-4000-9000-${String(number).padStart(12, '0')}</uuid>
  <memory unit='MiB'>128</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os>
  <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda'/></disk>
  <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface></devices></domain>`;
}
