import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type LabHost, until } from '@ferry/lab';
import { Asking } from './asking.ts';

const name = 'LAB.EXAMPLE';
const domain = 'lab.example';

/** A realm of Kerberos: its key server is a host of the lab, the hosts and those who ask know it by a file each. */
export class Realm {
  readonly #keyServer: LabHost;
  readonly #folder: string;
  readonly #lab: Lab;

  private constructor(lab: Lab, keyServer: LabHost, folder: string) {
    this.#lab = lab;
    this.#keyServer = keyServer;
    this.#folder = folder;
  }

  /** Makes the realm and starts its key server. Files of those who ask go to `folder`. */
  static async found(lab: Lab, keyServer: LabHost, folder: string): Promise<Realm> {
    const realm = new Realm(lab, keyServer, folder);
    const settings = [
      `[libdefaults]\n default_realm = ${name}`,
      `[realms]\n ${name} = {\n  kdc = ${keyServer.address}\n }`,
      `[domain_realm]\n .${domain} = ${name}`,
    ].join('\n');
    writeFileSync(join(folder, 'krb5.conf'), `${settings}\n`);
    const names = lab.hosts.map((host) => `${host.address} ${nameOf(host)} ${host.name}\n`).join('');
    writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost\n${names}`);
    for (const host of lab.hosts) {
      writeFileSync(host.pathOnMachine('/etc/krb5.conf'), `${settings}\n`);
      writeFileSync(host.pathOnMachine('/etc/hosts'), `127.0.0.1 localhost\n${names}`);
    }
    await keyServer.execOk(['mkdir', '-p', '/etc/krb5kdc', '/var/lib/krb5kdc']);
    await keyServer.execOk(['kdb5_util', 'create', '-s', '-r', name, '-P', 'of the key server alone']);
    await keyServer.execOk(['krb5kdc']);
    const listens = ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/88'];
    await until(
      'the key server listens',
      10_000,
      async () => (await keyServer.exec(listens)).code === 0 || null,
    );
    return realm;
  }

  /** Has a host's libvirtd be known to the realm; its key is in the file that Debian's libvirt names. */
  async addHost(host: LabHost, types = 'aes256-cts'): Promise<void> {
    await this.admin(`addprinc -randkey -e ${types}:normal libvirt/${nameOf(host)}`);
    await this.giveKey(host);
  }

  /** Makes a new key for a host and gives it to the host; tickets for the key before are of no use then. */
  async giveKey(host: LabHost): Promise<void> {
    const file = '/etc/libvirt/krb5.tab';
    await host.execOk(['rm', '-f', file]);
    await this.#keyServer.execOk(['rm', '-f', '/root/key']);
    await this.admin(`ktadd -norandkey -k /root/key libvirt/${nameOf(host)}`);
    const key = await this.#keyServer.execOk(['base64', '-w0', '/root/key']);
    writeFileSync(host.pathOnMachine(file), Buffer.from(key, 'base64'), { mode: 0o600 });
  }

  /** Runs a command of kadmin on the key server. */
  async admin(command: string): Promise<void> {
    await this.#keyServer.execOk(['kadmin.local', '-q', command]);
  }

  /** Somebody who asks with the tickets of this cache, and finds hosts by their names; `sign in` is what gets the tickets. */
  asking(cache: string): Asking {
    const env = {
      KRB5_CONFIG: join(this.#folder, 'krb5.conf'),
      KRB5CCNAME: `FILE:${join(this.#folder, cache)}`,
    };
    const seeHosts = 'mount --bind "$0" /etc/hosts && exec "$@"';
    return new Asking(this.#lab, env, ['sh', '-c', seeHosts, join(this.#folder, 'hosts')]);
  }

  /** Gets tickets for a user of this password into the cache of who asks. */
  async signIn(asking: Asking, user: string, password: string, ...options: string[]): Promise<void> {
    await asking.run(['kinit', ...options, user], `${password}\n`);
  }
}

/** The full name of a host in the realm. */
export function nameOf(host: LabHost): string {
  return `${host.name}.${domain}`;
}
