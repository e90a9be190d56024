import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type LabHost, until } from '@ferry/lab';
import { Asking } from './asking.ts';
import { domain, nameOf, writeNames } from './lab-names.ts';

const name = 'LAB.EXAMPLE';
const keyTable = '/etc/libvirt/krb5.tab';

/** A realm of Kerberos: its key server is a host of the lab; the hosts and those who ask know it by a file each. */
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
    const settings = [
      // A ticket is good for so many seconds more than it says.
      `[libdefaults]\n default_realm = ${name}\n clockskew = 10`,
      `[realms]\n ${name} = {\n  kdc = ${keyServer.address}\n }`,
      `[domain_realm]\n .${domain} = ${name}\n`,
    ].join('\n');
    writeFileSync(join(folder, 'krb5.conf'), settings);
    writeNames(lab, join(folder, 'hosts'));
    for (const host of lab.hosts) {
      writeFileSync(host.pathOnMachine('/etc/krb5.conf'), settings);
      writeNames(lab, host.pathOnMachine('/etc/hosts'));
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
    return new Realm(lab, keyServer, folder);
  }

  /** Has a host's libvirtd be known to the realm, and know its own key. */
  async addHost(host: LabHost): Promise<void> {
    await this.admin(`addprinc -randkey libvirt/${nameOf(host)}`);
    await this.giveKey(host);
  }

  /** Gives a host the key that it has in the realm, in the file that Debian's libvirt names. */
  async giveKey(host: LabHost): Promise<void> {
    await this.#keyServer.execOk(['rm', '-f', '/root/key']);
    await this.admin(`ktadd -norandkey -k /root/key libvirt/${nameOf(host)}`);
    const key = readFileSync(this.#keyServer.pathOnMachine('/root/key'));
    writeFileSync(host.pathOnMachine(keyTable), key, { mode: 0o600 });
  }

  /** Runs a command of kadmin on the key server. It says by its text alone whether it succeeded. */
  async admin(command: string): Promise<void> {
    await this.#keyServer.execOk(['kadmin.local', '-q', command]);
  }

  /** Of which encryption type the keys are that come with tickets for a host. */
  async sessionKeyType(asking: Asking, host: LabHost): Promise<string | undefined> {
    const cache = `FILE:${join(this.#folder, 'looked-at')}`;
    await asking.must(['kvno', '-q', '--out-cache', cache, '-S', 'libvirt', nameOf(host)]);
    const listed = await asking.must(['klist', '-e', '-c', cache]);
    return /Etype \(skey, tkt\): ([\w-]+)/.exec(listed)?.[1];
  }

  /** Has the key server stop in its tracks, or go on. */
  async signal(signal: 'STOP' | 'CONT'): Promise<void> {
    await this.#keyServer.execOk(['pkill', `-${signal}`, '-x', 'krb5kdc']);
  }

  /** Somebody who asks with the tickets of this cache, and finds hosts by their full names. */
  asking(cache: string, kind = 'FILE'): Asking {
    const env = {
      KRB5_CONFIG: join(this.#folder, 'krb5.conf'),
      KRB5CCNAME: `${kind}:${join(this.#folder, cache)}`,
    };
    return new Asking(this.#lab, { env, hostsFile: join(this.#folder, 'hosts') });
  }

  /** Gets tickets for a user of this password into the cache of who asks. */
  async signIn(asking: Asking, user: string, password: string, ...options: string[]): Promise<void> {
    await asking.must(['kinit', ...options, user], `${password}\n`);
  }
}
