import type { SimulatedDomain, SimulatedFile } from '@ferry/hypervisor/simulated';
import { domainXml, type Stage } from './world.ts';

/** What a second admin types, as libvirt does it. */
export type Act =
  | 'blockpull'
  | 'blockcommit --active --pivot'
  | 'blockcommit of what is below'
  | 'blockcopy --pivot'
  | 'snapshot-create-as --disk-only'
  | 'snapshot-delete'
  | 'pool-destroy'
  | 'net-destroy'
  | 'migrate to a third host'
  | 'migrate to a third host, its definition left'
  | 'edit of the emulator'
  | 'detach-disk --live'
  | 'detach-disk --config'
  | 'detach-disk --persistent'
  | 'attach-disk --persistent'
  | 'vol-delete of the copy'
  | 'managedsave'
  | 'destroy';

export const acts: readonly Act[] = [
  'blockpull',
  'blockcommit --active --pivot',
  'blockcommit of what is below',
  'blockcopy --pivot',
  'snapshot-create-as --disk-only',
  'snapshot-delete',
  'pool-destroy',
  'net-destroy',
  'migrate to a third host',
  'migrate to a third host, its definition left',
  'edit of the emulator',
  'detach-disk --live',
  'detach-disk --config',
  'detach-disk --persistent',
  'attach-disk --persistent',
  'vol-delete of the copy',
  'managedsave',
  'destroy',
];

/** What its guest wrote to each disk, and must be where it is. */
export const written = { vda: 'what web wrote', vdb: 'data of web' } as const;

/** A guest with a disk of three layers, a second one that stands alone, and a network, on compute11. */
export class AdminsGuest {
  readonly id = '99999999-1111-4111-8111-000000000001';
  readonly #stage: Stage;
  readonly directory: string;

  constructor(stage: Stage, directory: '/images' | '/shared', state: 'running' | 'shutoff') {
    this.#stage = stage;
    this.directory = directory;
    for (const { name, networks } of stage.world.hosts.values()) {
      networks.set('lan', { active: true, autostart: false, bridge: 'br0', mtu: 1500 });
      if (name === 'compute11' || directory === '/shared') this.#fill(name);
    }
    const xml = domainXml({ name: 'web', id: this.id, disk: this.path('web.qcow2'), network: 'lan' });
    const emulator = xml.replace('<devices>', '<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>');
    stage.world.addDomain('compute11', withDisk(emulator, this.path('data.img'), 'vdb', 'raw'), state);
    const domain = this.at('compute11');
    if (domain !== null) domain.autostart = true;
  }

  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  #fill(host: string): void {
    this.put(host, 'base.qcow2', 'the base system');
    this.put(host, 'mid.qcow2', 'what was installed', 'base.qcow2');
    this.put(host, 'web.qcow2', written.vda, 'mid.qcow2');
    this.put(host, 'data.img', written.vdb, null, 'raw');
  }

  at(host: string): SimulatedDomain | null {
    return this.#stage.world.host(host).domains.get(this.id) ?? null;
  }

  file(host: string, name: string): SimulatedFile | null {
    return this.#stage.world.host(host).directories.get(this.directory)?.get(name) ?? null;
  }

  put(host: string, name: string, content: string, below: string | null = null, format = 'qcow2'): void {
    const backing = below === null ? null : { path: this.path(below), format: 'qcow2' };
    const file = { format, capacityBytes: 64 * 1024 * 1024, backing, owner: null, content };
    this.#stage.world.host(host).directories.get(this.directory)?.set(name, file);
  }

  /** Does it on a host that has the guest; false: libvirt refuses it there as things are. */
  act(act: Act, host: string, other = 'compute12'): boolean {
    const domain = this.at(host);
    switch (act) {
      case 'pool-destroy':
        for (const pool of this.#stage.world.host(other).pools.values()) pool.active = false;
        return true;
      case 'net-destroy': {
        const lan = this.#stage.world.host(other).networks.get('lan');
        if (lan !== undefined) lan.active = false;
        return true;
      }
      case 'vol-delete of the copy':
        return this.#stage.world.host(other).directories.get('/images')?.delete('data.img') === true;
      default:
        // A guest that is being sent is locked: what changes it is refused ("cannot acquire state change lock").
        return domain !== null && domain.job === null && this.#change(act, domain, host);
    }
  }

  #change(act: Act, domain: SimulatedDomain, host: string): boolean {
    const lives = domain.state === 'running' || domain.state === 'paused';
    switch (act) {
      case 'edit of the emulator':
        return this.#edit(domain, (xml) => xml.replace('qemu-system-x86_64', 'qemu-of-mine'));
      case 'detach-disk --config':
        return this.#edit(domain, (xml) => withoutDisk(xml, 'vdb'));
      case 'detach-disk --persistent':
        domain.xml = withoutDisk(domain.xml, 'vdb');
        if (domain.nextXml !== null) domain.nextXml = withoutDisk(domain.nextXml, 'vdb');
        return true;
      case 'attach-disk --persistent':
        this.put(host, 'more.img', 'dear data', null, 'raw');
        domain.xml = withDisk(domain.xml, this.path('more.img'), 'vdc', 'raw');
        return true;
      case 'snapshot-delete': {
        const had = domain.records.snapshots.length > 0;
        domain.records = { snapshots: [], checkpoints: [] };
        return had;
      }
      case 'managedsave':
        if (!lives) return false;
        Object.assign(domain, { state: 'shutoff', reason: 'saved', saved: true });
        return true;
      case 'destroy':
        if (!lives) return false;
        Object.assign(domain, { state: 'shutoff', reason: 'destroyed' });
        return true;
      case 'migrate to a third host':
      case 'migrate to a third host, its definition left':
        return lives && this.#migrate(domain, host, act.endsWith('left'));
      case 'detach-disk --live':
        if (!lives) return false;
        Object.assign(domain, { nextXml: domain.nextXml ?? domain.xml, xml: withoutDisk(domain.xml, 'vdb') });
        return true;
      default:
        // Block jobs and snapshots of disks alone are for guests that run.
        return lives && this.#blockJob(act, domain, host);
    }
  }

  #blockJob(act: Act, domain: SimulatedDomain, host: string): boolean {
    const top = nameOfTop(domain.xml);
    const chain = this.#chain(host, top);
    const content = chain.map((name) => this.file(host, name)?.content ?? '');
    switch (act) {
      case 'blockpull':
        this.put(host, top, content.toReversed().join(' '));
        return true;
      case 'blockcommit --active --pivot': {
        const bottom = chain.at(-1) ?? top;
        this.put(host, bottom, content.toReversed().join(' '));
        domain.xml = domain.xml.replace(this.path(top), this.path(bottom));
        return true;
      }
      case 'blockcommit of what is below': {
        const [, ...below] = chain;
        const bottom = below.at(-1);
        if (below.length < 2 || bottom === undefined) return false;
        this.put(host, bottom, content.slice(1).toReversed().join(' '));
        const file = this.file(host, top);
        if (file !== null) this.put(host, top, file.content, bottom);
        return true;
      }
      case 'blockcopy --pivot':
        this.put(host, 'elsewhere.qcow2', content.toReversed().join(' '));
        domain.xml = domain.xml.replace(this.path(top), this.path('elsewhere.qcow2'));
        return true;
      case 'snapshot-create-as --disk-only':
        this.put(host, 'later.qcow2', 'what web wrote since', top);
        domain.xml = domain.xml.replace(this.path(top), this.path('later.qcow2'));
        return true;
      default:
        throw new Error(`nobody knows how to ${act}`);
    }
  }

  #edit(domain: SimulatedDomain, change: (xml: string) => string): boolean {
    if (domain.state === 'shutoff') domain.xml = change(domain.xml);
    else domain.nextXml = change(domain.nextXml ?? domain.xml);
    return true;
  }

  /** With its disks, where they are not on both: `--copy-storage-all`. */
  #migrate(domain: SimulatedDomain, host: string, leaves: boolean): boolean {
    const { world } = this.#stage;
    const [from, to] = [world.host(host), world.host('compute13')];
    if (this.directory === '/images')
      for (const [name, file] of from.directories.get('/images') ?? [])
        to.directories.get('/images')?.set(name, { ...file });
    to.domains.set(this.id, { ...domain, nextXml: null });
    if (leaves) Object.assign(domain, { state: 'shutoff', reason: 'migrated' });
    else from.domains.delete(this.id);
    return true;
  }

  #chain(host: string, name: string): string[] {
    const below = this.file(host, name)?.backing?.path.split('/').at(-1);
    return below === undefined ? [name] : [name, ...this.#chain(host, below)];
  }

  /** What is lost: a disk of the guest's, by what it has where the guest is; or the guest itself. `deleted`: somebody took that one's copy away. */
  lost(host: string, deleted: 'vdb' | null = null): string[] {
    const domain = this.at(host);
    if (domain === null) return [`${host} has no such guest`];
    return [domain.xml, domain.nextXml ?? domain.xml].flatMap((xml) =>
      (['vda', 'vdb'] as const).flatMap((target) => {
        const path = diskOf(xml, target);
        if (path === null || target === deleted)
          return this.#anywhere(written[target]) ? [] : [`${target}: detached, and gone`];
        const chain = this.#chain(host, path.split('/').at(-1) ?? '');
        const gone = chain.find((name) => this.file(host, name) === null);
        if (gone !== undefined) return [`${target}: ${gone} is not on ${host}`];
        const content = chain.map((name) => this.file(host, name)?.content ?? '').join(' ');
        return content.includes(written[target]) ? [] : [`${target}: ${content} on ${host}`];
      }),
    );
  }

  #anywhere(content: string): boolean {
    return [...this.#stage.world.hosts.values()].some((host) =>
      [...(host.directories.get(this.directory)?.values() ?? [])].some((file) =>
        file.content.includes(content),
      ),
    );
  }
}

const diskPattern = (target: string): RegExp =>
  new RegExp(
    `<disk (?:(?!</disk>).)*?<source file='([^']*)'/><target dev='${target}'(?:(?!</disk>).)*</disk>`,
    's',
  );

function diskOf(xml: string, target: string): string | null {
  return diskPattern(target).exec(xml)?.[1] ?? null;
}

function nameOfTop(xml: string): string {
  return diskOf(xml, 'vda')?.split('/').at(-1) ?? '';
}

function withoutDisk(xml: string, target: string): string {
  return xml.replace(diskPattern(target), '');
}

function withDisk(xml: string, path: string, target: string, format: string): string {
  const disk = `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='virtio'/></disk>`;
  return xml.replace('</devices>', `${disk}</devices>`);
}
