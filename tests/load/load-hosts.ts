import { type SimulatedDirectory, SimulatedWorld } from '@ferry/hypervisor/simulated';

const mebibyte = 1024 * 1024;
const image = {
  format: 'qcow2',
  capacityBytes: 64 * mebibyte,
  backing: null,
  owner: null,
  content: 'a disk',
};

/** Hosts of a load run, as many guests on the first as are to move; every second one has a disk of its own. `stepMs`: how long each step of a transfer lasts. */
export function loadHosts(guests: number, stepMs: number): { world: SimulatedWorld; ids: string[] } {
  const world = new SimulatedWorld({ kind: 'own', stepMs });
  const shared: SimulatedDirectory = new Map();
  for (const name of ['compute11', 'compute12'])
    world.addHost(name, {
      facts: { memoryAvailableBytes: 1024 * 1024 * mebibyte },
      shared: { '/shared': shared },
    });
  const ids = Array.from({ length: guests }, (_, number) => {
    const id = `11111111-1111-4111-8111-${String(number + 1).padStart(12, '0')}`;
    const directory = number % 2 === 0 ? '/shared' : '/images';
    const disk = `web${number}.qcow2`;
    world
      .host('compute11')
      .directories.get(directory)
      ?.set(disk, { ...image });
    world.addDomain('compute11', domainXml(id, `web${number}`, `${directory}/${disk}`));
    return id;
  });
  return { world, ids };
}

function domainXml(id: string, name: string, disk: string): string {
  return `<domain type='qemu'><name>${name}</name><uuid>${id}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda'/></disk>
  </devices></domain>`;
}
