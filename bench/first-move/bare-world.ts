import { copyFileSync, mkdirSync, writeFileSync, chmodSync } from 'node:fs';
import { Lab, type LabHost, takeDown, until } from '@ferry/lab';

/** Two hosts as their installer leaves them, with sshd and a guest, and a machine with nothing on it. */
export interface BareWorld {
  readonly lab: Lab;
  readonly machine: LabHost;
  /** As the document names them. */
  readonly hosts: readonly { readonly name: string; readonly host: LabHost }[];
}

const password = 'of the lab';

/** Makes them, and puts the package onto the machine. libvirtd of the hosts listens to nobody, and has no certificates. */
export async function bareWorld(packageFile: string, packageName: string): Promise<BareWorld> {
  await takeDown('firstmove');
  const bare = { libvirtd: { listen_tcp: 0, listen_tls: 0 } };
  const lab = await Lab.up({ name: 'firstmove', hosts: [bare, bare, bare] });
  const [one, two, machine] = lab.hosts;
  if (one === undefined || two === undefined || machine === undefined) throw new Error('three are needed');
  const hosts = [
    { name: 'compute1', host: one },
    { name: 'compute2', host: two },
  ];
  const names = hosts.map(({ name, host }) => `${host.address} ${name}\n`).join('');
  for (const { name, host } of [...hosts, { name: 'controller', host: machine }]) {
    await host.execOk(['hostname', name]);
    writeFileSync(
      host.pathOnMachine('/etc/hosts'),
      `127.0.0.1 localhost\n${names}${machine.address} controller\n`,
    );
  }
  for (const { host } of hosts) await startSshd(host);
  const guest = await lab.createGuest({ name: 'web', host: one, storage: 'local' });
  await guest.waitAlive();
  copyFileSync(packageFile, machine.pathOnMachine(`/root/${packageName}`));
  // Who types answers ssh with the hosts' password.
  const answers = machine.pathOnMachine('/usr/local/bin/answer');
  writeFileSync(answers, `#!/bin/sh\ncase "$1" in *yes/no*) echo yes ;; *) echo '${password}' ;; esac\n`);
  chmodSync(answers, 0o755);
  return { lab, machine, hosts };
}

/** sshd that lets root in by a password, as a machine that was just installed does. */
async function startSshd(host: LabHost): Promise<void> {
  await host.execOk(['chpasswd'], { input: `root:${password}\n` });
  await host.execOk(['ssh-keygen', '-q', '-A']);
  mkdirSync(host.pathOnMachine('/run/sshd'), { recursive: true });
  await host.execOk([
    '/usr/sbin/sshd',
    '-o',
    'PermitRootLogin=yes',
    '-o',
    'UsePAM=no',
    '-o',
    'PasswordAuthentication=yes',
  ]);
}

/** Starts the controller as its unit does: machines of the lab have no systemd, and so `ferry init` cannot. */
export async function serveAsTheUnit({ machine }: BareWorld): Promise<void> {
  const command =
    'exec setpriv --reuid ferry --regid ferry --clear-groups ferry serve --config /etc/ferry/ferry.yaml';
  machine
    .spawn(
      [
        'env',
        'HOME=/var/lib/ferry',
        'NODE_COMPILE_CACHE=/var/cache/ferry',
        'sh',
        '-c',
        `${command} >/var/log/ferry.log 2>&1`,
      ],
      {
        stdio: 'ignore',
        detached: true,
      },
    )
    .unref();
  const serves = ['grep', '-q', 'ferry serves at', '/var/log/ferry.log'];
  await until('the controller serves', 60_000, async () => (await machine.exec(serves)).code === 0 || null);
}
