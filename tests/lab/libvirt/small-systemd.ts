import { chmodSync, copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabHost, until } from '@ferry/lab';

/** Ends the libvirtd that a host has booted with. */
export async function endLibvirtd(host: LabHost): Promise<void> {
  await host.libvirtd.kill('SIGTERM').catch(() => host.libvirtd.kill());
  await host.execOk(['rm', '-f', '/run/libvirtd.pid']);
}

/** Gives a host without systemd as much of it as libvirt's units take. */
export async function giveSystemd(host: LabHost): Promise<void> {
  for (const name of ['small-systemd', 'systemctl', 'systemd-run']) {
    const path = host.pathOnMachine(`/usr/bin/${name}`);
    rmSync(path, { force: true });
    copyFileSync(join(import.meta.dirname, 'small-systemd.py'), path);
    chmodSync(path, 0o755);
  }
  host.spawn(['/usr/bin/small-systemd', 'manager'], { stdio: 'ignore', detached: true }).unref();
  await until('its manager answers', 10_000, async () =>
    (await host.exec(['systemctl', 'show', '--', 'libvirtd.service'])).code === 0 ? true : null,
  );
}

/** Has libvirtd listen by itself under systemd, as Debian 10 and older set-ups have it: its sockets masked, `--listen` as its argument. */
export async function listenItself(host: LabHost): Promise<void> {
  writeFileSync(host.pathOnMachine('/etc/default/libvirtd'), 'LIBVIRTD_ARGS="-l"\n');
  const sockets = ['', '-ro', '-admin', '-tls', '-tcp'].map((kind) => `libvirtd${kind}.socket`);
  await host.execOk(['systemctl', 'mask', ...sockets]);
  await host.execOk(['systemctl', 'start', 'libvirtd.service']);
  await host.libvirtd.waitAnswering();
}

/** Those that Ferry asks; virtinterfaced takes an udev, which hosts of the lab have not. */
export const modularDaemons = [
  'virtsecretd',
  'virtnwfilterd',
  'virtnetworkd',
  'virtstoraged',
  'virtqemud',
  'virtproxyd',
] as const;

/** Lays libvirt's modular daemons, with their units and settings as the lab's libvirtd has them, over a host's files. */
export function giveModularDaemons(host: LabHost, folder: string): void {
  for (const part of ['usr/sbin', 'etc/libvirt', 'usr/lib/systemd/system'])
    cpSync(join(folder, part), host.pathOnMachine(`/${part}`), { recursive: true });
  for (const name of modularDaemons)
    writeFileSync(
      host.pathOnMachine(`/etc/libvirt/${name}.conf`),
      `auth_unix_rw = "none"\nhost_uuid = "${host.uuid}"\n`,
    );
}
