import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabHost, until } from '@ferry/lab';

/** One key for the controller's place and for the hosts themselves, and the hosts' own keys, in a folder. */
export class SshAccess {
  readonly #key: string;
  readonly #known: string;

  constructor(folder: string) {
    this.#key = join(folder, 'key');
    this.#known = join(folder, 'known_hosts');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#key]);
    writeFileSync(this.#known, '');
  }

  /** Starts a host's sshd, which lets in who has the key. */
  async letInto(host: LabHost): Promise<void> {
    await host.execOk(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/etc/ssh/bench_key']);
    const settings = ['HostKey /etc/ssh/bench_key', 'UsePAM no', 'Subsystem sftp internal-sftp'];
    writeFileSync(host.pathOnMachine('/etc/ssh/bench_config'), `${settings.join('\n')}\n`);
    mkdirSync(host.pathOnMachine('/root/.ssh'), { recursive: true, mode: 0o700 });
    copyFileSync(`${this.#key}.pub`, host.pathOnMachine('/root/.ssh/authorized_keys'));
    await host.execOk(['sh', '-ec', 'mkdir -p /run/sshd; /usr/sbin/sshd -f /etc/ssh/bench_config']);
    const listens = ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/22'];
    await until('sshd listens', 10_000, async () => (await host.exec(listens)).code === 0 || null);
    const [kind, text] = readFileSync(host.pathOnMachine('/etc/ssh/bench_key.pub'), 'utf8').split(' ');
    appendFileSync(this.#known, `${host.address} ${kind} ${text}\n`);
  }

  /** Gives a host the key, and those of the hosts that were let into: it gets into them. */
  letOut(host: LabHost): void {
    const home = host.pathOnMachine('/root/.ssh');
    writeFileSync(join(home, 'id_ed25519'), readFileSync(this.#key), { mode: 0o600 });
    copyFileSync(this.#known, join(home, 'known_hosts'));
  }

  /** The URI of a host's libvirtd by ssh. */
  uri(host: LabHost): string {
    const known = encodeURIComponent(this.#known);
    return `qemu+ssh://root@${host.address}/system?keyfile=${encodeURIComponent(this.#key)}&known_hosts=${known}&no_tty=1`;
  }
}
