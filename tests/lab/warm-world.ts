import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MoveBody } from '@ferry/api';
import { type LabGuest, type LabHost, until } from '@ferry/lab';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

const mebibyte = 1024 * 1024;
const serve = ['--copy-stall-timeout', '4'];
const images = '/var/lib/libvirt/images';
const ballast = '/tmp/ballast';
/** Slow enough to do something while the bulk is copied. */
const warm = { warm: true, bandwidthBytesPerSecond: 24 * mebibyte };
/** The guest does not heed a power button: for so long it is asked to power off, when the bulk is copied already. */
const patient = { ...warm, shutdownTimeoutMs: 6_000 };

/** Guests on compute11 that write to their disks, and warm moves of them: straight to compute12, to compute13 through libvirt. */
export class WarmWorld {
  readonly lab: LabWorld;
  readonly #folder: string;

  private constructor(lab: LabWorld, folder: string) {
    this.lab = lab;
    this.#folder = folder;
  }

  static async up(name: string): Promise<WarmWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'ferry-warm-'));
    const lab = await LabWorld.up(name, 3, { addHosts: false });
    const world = new WarmWorld(lab, folder);
    const keys = new SshKeys(folder);
    await lab.ferry.stop();
    await world.startFerry();
    lab.ferry.allow(lab.lab.hosts.map((host) => keys.uri(host)));
    for (const host of lab.lab.hosts) {
      const bySsh = host.name !== 'compute13';
      if (bySsh) await keys.letInto(host);
      await lab.addHost({ uri: bySsh ? keys.uri(host) : host.uri, peerUri: host.uri });
    }
    const random = ['dd', 'if=/dev/urandom', `of=${ballast}`, 'bs=1M', 'count=96', 'status=none'];
    await world.source.execOk(random);
    return world;
  }

  async down(): Promise<void> {
    await this.lab.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get source(): LabHost {
    return this.lab.host('compute11');
  }

  /** Starts the sshd of a host that was booted again. */
  async letIn(host: LabHost): Promise<void> {
    await host.execOk(['mkdir', '-p', '/run/sshd']);
    await host.execOk(['/usr/sbin/sshd', '-f', '/etc/ssh/lab_config']);
  }

  startFerry(): Promise<void> {
    return this.lab.ferry.start(...serve);
  }

  /** A guest whose disk takes some seconds to copy, and which writes to it all the time. */
  async writingGuest(name: string, disk: 'raw' | 'overlay'): Promise<LabGuest> {
    const guest = await this.lab.guest({ name, host: 'compute11', disk, off: true });
    const format = disk === 'raw' ? 'raw' : 'qcow2';
    const write = `write -q -s ${ballast} 96M 96M`;
    await this.source.execOk(['qemu-io', '-f', format, '-c', write, guest.diskPath]);
    await this.source.virsh('start', name);
    await guest.waitAlive();
    await guest.writeDisk(512);
    await this.wrote(guest, 1);
    return guest;
  }

  /** Waits until the guest has written so many records more, and tells how many there are. */
  async wrote(guest: LabGuest, more: number): Promise<number> {
    const before = (await guest.waitAlive()).records;
    return until(`${guest.name} has written ${more} records more`, 60_000, async () => {
      const written = (await guest.stat())?.records ?? 0;
      return written >= before + more ? written : null;
    });
  }

  /** Begins a warm move and waits until some of the bulk has been sent. */
  async copying(guest: LabGuest, to: string, move: Partial<MoveBody> = warm): Promise<string> {
    const { id } = await this.lab.move(guest.name, 'cold', to, move);
    await this.lab.waitFor(
      id,
      'copying while it runs',
      (one) => one.phase.startsWith('round 1, while') && (one.progress?.diskBytes ?? 0) > 16 * mebibyte,
    );
    return id;
  }

  /** Begins a warm move and waits until the bulk is there and the guest is asked to power off. */
  async askedToPowerOff(guest: LabGuest, to: string): Promise<string> {
    const { id } = await this.lab.move(guest.name, 'cold', to, patient);
    await this.lab.waitFor(id, 'powering it off', (one) => one.phase.startsWith('power off'));
    return id;
  }

  /** The disks of a domain as its definition has them. */
  async disksOf(host: string, name: string): Promise<string> {
    const xml = await this.lab.host(host).virsh('dumpxml', '--inactive', '--migratable', name);
    return (xml.match(/<disk [\s\S]*?<\/disk>/g) ?? []).join('\n');
  }

  /** Files of a guest that a host has. */
  async filesOf(host: string, name: string): Promise<string[]> {
    const found = await this.lab.host(host).execOk(['find', images, '-name', `*${name}*`]);
    return found
      .split('\n')
      .filter((path) => path !== '')
      .toSorted();
  }

  /** Ends a guest: its memory is wanted by the next one. */
  async end(host: string, guest: LabGuest): Promise<void> {
    await this.lab.host(host).virsh('destroy', guest.name);
  }
}
