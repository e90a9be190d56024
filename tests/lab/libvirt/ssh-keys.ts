import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabHost, until } from '@ferry/lab';

/** A key of a client and the keys of the hosts that let it in, in a folder: ssh with nothing of the machine's own. */
export class SshKeys {
  readonly key: string;
  readonly known: string;

  constructor(folder: string) {
    this.key = join(folder, 'key');
    this.known = join(folder, 'known_hosts');
    makeSshKey(this.key);
    writeFileSync(this.known, '');
  }

  /** Starts a host's sshd, lets the client in as root, and the client know the host. */
  async letInto(host: LabHost): Promise<void> {
    await host.execOk(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/etc/ssh/lab_key']);
    const settings = [
      'HostKey /etc/ssh/lab_key',
      'UsePAM no',
      'PasswordAuthentication no',
      'PidFile /run/sshd.pid',
    ];
    writeFileSync(host.pathOnMachine('/etc/ssh/lab_config'), `${settings.join('\n')}\n`);
    mkdirSync(host.pathOnMachine('/root/.ssh'), { recursive: true });
    chmodSync(host.pathOnMachine('/root/.ssh'), 0o700);
    copyFileSync(`${this.key}.pub`, host.pathOnMachine('/root/.ssh/authorized_keys'));
    await host.execOk(['mkdir', '-p', '/run/sshd']);
    await host.execOk(['/usr/sbin/sshd', '-f', '/etc/ssh/lab_config']);
    const listens = ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/22'];
    await until('sshd listens', 10_000, async () => (await host.exec(listens)).code === 0 || null);
    const [kind, text] = readFileSync(host.pathOnMachine('/etc/ssh/lab_key.pub'), 'utf8').split(' ');
    appendFileSync(this.known, `${host.address} ${kind} ${text}\n`);
  }

  /** The URI of a host's libvirtd by ssh, with further parameters. */
  uri(host: LabHost, more: Readonly<Record<string, string>> = {}): string {
    const parameters = { keyfile: this.key, known_hosts: this.known, no_tty: '1', ...more };
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `qemu+ssh://root@${host.address}/system?${pairs.join('&')}`;
  }
}

/** Makes a key without a passphrase, and its public half beside it. */
export function makeSshKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
}
