import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabHost, until } from '@ferry/lab';

/** Marks files that loop devices of these tests stand on, so that those of a killed run are found. */
const mark = 'ferry-loop-';

/** A block device over a file of a host. The kernel has one numbering for all hosts: another may be given the same one. */
export interface LoopDevice {
  readonly number: number;
  readonly host: LabHost;
}

/** Makes a block device of so many MiB, blank, and gives it that name on the host. */
export async function makeLoopDevice(host: LabHost, path: string, mib: number): Promise<LoopDevice> {
  const file = `/var/lib/libvirt/images/${mark}${path.replaceAll('/', '-')}`;
  // Whoever is faster has the number: the next one is tried.
  const script = `truncate -s ${mib}M ${file}
    for try in 1 2 3 4 5; do
      number=$(losetup -f | tr -dc 0-9)
      [ -e /dev/loop$number ] || mknod /dev/loop$number b 7 $number
      if losetup /dev/loop$number ${file}; then echo $number; exit; fi
    done
    exit 1`;
  const number = Number((await host.execOk(['sh', '-ec', script])).trim());
  await nameLoopDevice(host, path, number);
  return { number, host };
}

/** Gives a device a name on one more host: both then have the same. */
export async function nameLoopDevice(host: LabHost, path: string, number: number): Promise<void> {
  const script = `mkdir -p $(dirname ${path}); rm -f ${path}; mknod -m 660 ${path} b 7 ${number}`;
  await host.execOk(['sh', '-ec', script]);
}

/**
 * Has a host's libvirt know a device by a serial number, as udev tells it on a machine with disks of its own: libvirt reads
 * what udev has written down when it begins.
 */
export async function tellSerial(host: LabHost, path: string, number: number, serial: string): Promise<void> {
  const link = path.slice('/dev/'.length);
  const script = `mkdir -p /run/udev/data; printf 'I:1\nE:ID_TYPE=disk\nE:ID_SERIAL=${serial}\nS:${link}\n' > /run/udev/data/b7:${number}`;
  await host.execOk(['sh', '-ec', script]);
  await host.libvirtd.restart();
  await until('libvirt knows the device', 120_000, async () => {
    const { stdout } = await host.exec(['virsh', '-q', 'nodedev-list', '--cap', 'storage']);
    return stdout.includes(serial) || null;
  });
}

export async function detachLoopDevices(devices: readonly LoopDevice[]): Promise<void> {
  for (const { host, number } of devices) {
    await nameLoopDevice(host, `/dev/loop${number}`, number);
    await host.exec(['losetup', '-d', `/dev/loop${number}`]);
  }
}

/** Numbers of the devices that an earlier, killed run has left. */
export function leftLoopDevices(): number[] {
  return readdirSync('/sys/block')
    .filter((name) => /^loop\d+$/.test(name))
    .filter((name) => {
      const file = join('/sys/block', name, 'loop/backing_file');
      return existsSync(file) && readFileSync(file, 'utf8').includes(mark);
    })
    .map((name) => Number(name.slice('loop'.length)));
}
