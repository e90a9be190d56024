import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestDirectory } from './guest-files.ts';
import { kvmWorks } from './kvm-works.ts';
import type { LabPaths } from './lab-paths.ts';
import { recipeOf, type Release, releaseOfHosts } from './recipe.ts';

/** How a host differs from the usual. */
export interface HostOptions {
  /** Number of the user that QEMU runs as; Debian's own, 64055, when not given. */
  readonly qemuUid?: number;
  /** Release of Debian; `FERRY_LAB_RELEASE` or trixie when not given. */
  readonly release?: Release;
  /** Settings of libvirtd.conf beside the lab's own, or in their place. */
  readonly libvirtd?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** What a host is, over all its boots. */
export interface HostSettings extends HostOptions {
  readonly release: Release;
  readonly name: string;
  readonly number: number;
  readonly address: string;
  readonly uuid: string;
}

/** A new host's settings. */
export function newHostSettings(number: number, address: string, options: HostOptions = {}): HostSettings {
  return {
    release: releaseOfHosts(),
    ...options,
    name: `compute${number}`,
    number,
    address,
    uuid: randomUUID(),
  };
}

/** Writes what the host's root has on top of Debian: its configuration, and the script that boots it. Once, before it is mounted. */
export function writeHostFiles(paths: LabPaths, host: HostSettings, all: readonly HostSettings[]): void {
  const directory = paths.host(host.name);
  const upper = join(directory, 'upper');
  for (const name of ['work', 'root', 'run', 'upper/etc/libvirt/storage/autostart']) {
    mkdirSync(join(directory, name), { recursive: true });
  }
  writeFileSync(join(upper, 'etc/libvirt/libvirtd.conf'), libvirtdConf(host));
  writeFileSync(join(upper, 'etc/libvirt/qemu.conf'), qemuConf(host));
  // libvirt resolves its own host's name time and again: it must be found here, and no name server may be waited for.
  writeFileSync(join(upper, 'etc/hosts'), hostNames(all));
  writeFileSync(join(upper, 'etc/resolv.conf'), '');
  const { rootDirectory, capabilityCache } = recipeOf(host.release);
  if (host.qemuUid !== undefined)
    writeFileSync(join(upper, 'etc/passwd'), passwd(rootDirectory, host.qemuUid));
  writePool(upper, 'default', '/var/lib/libvirt/images');
  writePool(upper, 'shared', '/var/lib/libvirt/shared');
  if (existsSync(capabilityCache)) {
    cpSync(capabilityCache, join(upper, 'var/cache/libvirt/qemu/capabilities'), {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  writeFileSync(join(directory, 'boot.sh'), bootScript(paths, host));
}

function hostNames(all: readonly HostSettings[]): string {
  return `127.0.0.1 localhost\n${all.map(({ address, name }) => `${address} ${name}\n`).join('')}`;
}

/** Debian's users, with another number for QEMU's: hosts that were set up by hand often differ in it. */
function passwd(rootDirectory: string, qemuUid: number): string {
  const text = readFileSync(join(rootDirectory, 'etc/passwd'), 'utf8');
  return text.replace(/^(libvirt-qemu:[^:]*):\d+:/m, `$1:${qemuUid}:`);
}

function libvirtdConf(host: HostSettings): string {
  const settings = {
    listen_tls: 0,
    listen_tcp: 1,
    listen_addr: '0.0.0.0',
    auth_tcp: 'none',
    auth_unix_rw: 'none',
    host_uuid: host.uuid,
    log_outputs: '2:file:/var/log/libvirt/libvirtd.log',
    ...host.libvirtd,
  };
  // libvirt's own form of numbers, texts and lists is JSON's.
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('');
}

function qemuConf(host: HostSettings): string {
  // No cgroups, mount namespaces or seccomp: the hosts are containers themselves. QEMU runs as libvirt-qemu, as on Debian.
  return `dynamic_ownership = 1
remember_owner = 0
cgroup_controllers = []
security_driver = "none"
namespaces = []
seccomp_sandbox = 0
stdio_handler = "file"
migration_address = "${host.address}"
migration_host = "${host.address}"
shared_filesystems = [ "/var/lib/libvirt/shared" ]
`;
}

function writePool(upper: string, name: string, path: string): void {
  const xml = `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>\n`;
  const directory = join(upper, 'etc/libvirt/storage');
  writeFileSync(join(directory, `${name}.xml`), xml);
  writeFileSync(join(directory, 'autostart', `${name}.xml`), xml);
}

/** Runs as the host's process 1: mounts its root, starts libvirtd, then reaps. Killing it is a power cut. */
function bootScript(paths: LabPaths, host: HostSettings): string {
  const directory = paths.host(host.name);
  // A /dev/kvm that does not work makes libvirt ask QEMU for its capabilities again before every start (10 s).
  const kvm = kvmWorks() ? 'kvm' : '';
  return `set -e
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=${recipeOf(host.release).rootDirectory},upperdir=${directory}/upper,workdir=${directory}/work ${directory}/root
cd ${directory}/root
mount -t proc proc proc
mount --rbind /sys sys
mount -t tmpfs -o mode=755 tmpfs dev
mkdir -p dev/net dev/pts dev/shm dev/mapper
for node in null zero full random urandom tty net/tun fuse loop-control userfaultfd ${kvm}; do [ ! -e /dev/$node ] || cp -a /dev/$node dev/$node; done
# QEMU runs as a user of its own, and libvirt gives it this node only inside the namespaces that it cannot make here.
[ ! -e dev/userfaultfd ] || chmod 666 dev/userfaultfd
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs tmpfs run
mkdir -p run/libvirt run/lock var/lib/libvirt/images var/lib/libvirt/shared var/log/libvirt/qemu var/log/guests lab
chmod 1777 var/log/guests
# Sockets stand where the machine sees them too; as on any /run, nothing of an earlier boot is left.
rm -rf ${directory}/run/*
mount --bind ${directory}/run run/libvirt
mount --bind ${paths.shared} var/lib/libvirt/shared
# Read-only: all hosts and labs share it, and none may give it another owner.
mount --bind ${guestDirectory} lab
mount -o remount,bind,ro lab
hostname ${host.name}
pivot_root . mnt
cd /
umount -l /mnt
set +e
exec >/var/log/boot.log 2>&1
libvirtd -d --listen --pid-file /run/libvirtd.pid
while :; do sleep 86400 & wait $!; done
`;
}
