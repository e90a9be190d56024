import { writeFileSync } from 'node:fs';
import type { LabHost } from './lab-host.ts';
import { until } from './processes.ts';

/** A disk that hosts reach over the network, with the known content of the base image. */
export interface NetworkDisk {
  readonly protocol: 'nbd' | 'iscsi' | 'nfs';
  readonly format: 'raw';
  /** The `<source>` element of a domain's disk. */
  readonly sourceXml: string;
  /** Where its bytes are on the host that serves it. */
  readonly file: string;
}

/** Who may have a unit of iSCSI: a name, its password, and what the hosts' libvirt calls the secret by. */
export interface Chap {
  readonly user: string;
  /** 12 characters or more: what open-iscsi and libiscsi take. */
  readonly password: string;
  readonly usage: string;
}

/** On the file system of the shared directory: NFS hands out handles of files, and the host's overlay has none. */
const directory = '/var/lib/libvirt/shared/served';

/** A host of a lab (of the usual release) that serves disks to the others: NBD, iSCSI and NFS, without help of the kernel. */
export class StorageServer {
  readonly host: LabHost;
  #nbdPort = 10_809;
  #iscsiTarget = 0;
  #nfsRuns = false;

  constructor(host: LabHost) {
    this.host = host;
  }

  /** An export of qemu-nbd, for as many hosts at a time as migration takes. */
  async nbd(name: string): Promise<NetworkDisk> {
    const file = await this.#makeFile(name);
    const port = this.#nbdPort;
    this.#nbdPort += 1;
    const argv = ['qemu-nbd', '--fork', '-t', '-e', '4', '-f', 'raw', '-x', name, '-p', String(port), file];
    await this.host.execOk(argv);
    const sourceXml = `<source protocol='nbd' name='${name}'><host name='${this.host.address}' port='${port}'/></source>`;
    return { protocol: 'nbd', format: 'raw', file, sourceXml };
  }

  /** The name of a target of tgtd. */
  iqn(name: string): string {
    return `iqn.2026-11.example.lab:${name}`;
  }

  /** A logical unit of tgtd, open to everybody who reaches it, or to those who know a password. */
  async iscsi(name: string, chap: Chap | null = null): Promise<NetworkDisk> {
    const file = await this.#makeFile(name);
    const tgtadm = ['tgtadm', '--lld', 'iscsi'];
    if (this.#iscsiTarget === 0) {
      await this.host.execOk(['tgtd', '--iscsi', `portal=${this.host.address}:3260`]);
      await until('tgtd takes commands', 10_000, async () => {
        const { code } = await this.host.exec([...tgtadm, '--op', 'show', '--mode', 'sys']);
        return code === 0 || null;
      });
    }
    this.#iscsiTarget += 1;
    const tid = String(this.#iscsiTarget);
    const iqn = this.iqn(name);
    await this.host.execOk([...tgtadm, '--op', 'new', '--mode', 'target', '--tid', tid, '-T', iqn]);
    const unit = ['--op', 'new', '--mode', 'logicalunit', '--tid', tid, '--lun', '1', '-b', file];
    await this.host.execOk([...tgtadm, ...unit]);
    await this.host.execOk([...tgtadm, '--op', 'bind', '--mode', 'target', '--tid', tid, '-I', 'ALL']);
    if (chap !== null) {
      const account = ['--mode', 'account', '--user', chap.user];
      await this.host.execOk([...tgtadm, '--op', 'new', ...account, '--password', chap.password]);
      await this.host.execOk([...tgtadm, '--op', 'bind', ...account, '--tid', tid]);
    }
    const auth =
      chap === null
        ? ''
        : `<auth username='${chap.user}'><secret type='iscsi' usage='${chap.usage}'/></auth>`;
    const sourceXml = `<source protocol='iscsi' name='${iqn}/1'><host name='${this.host.address}' port='3260'/>${auth}</source>`;
    return { protocol: 'iscsi', format: 'raw', file, sourceXml };
  }

  /** A file on an NFS export that QEMU mounts by itself. */
  async nfs(name: string): Promise<NetworkDisk> {
    const file = await this.#makeFile(name);
    await this.#startNfs();
    const sourceXml = `<source protocol='nfs' name='${file}'><host name='${this.host.address}'/><identity user='+0' group='+0'/></source>`;
    return { protocol: 'nfs', format: 'raw', file, sourceXml };
  }

  async #makeFile(name: string): Promise<string> {
    const file = `${directory}/${name}.img`;
    const make = `mkdir -p ${directory}; qemu-img convert -q -f qcow2 -O raw /lab/base.qcow2 ${file}`;
    await this.host.execOk(['sh', '-ec', make]);
    return file;
  }

  async #startNfs(): Promise<void> {
    if (this.#nfsRuns) return;
    this.#nfsRuns = true;
    writeFileSync(this.host.pathOnMachine('/etc/ganesha/ganesha.conf'), ganeshaConf);
    await this.host.execOk(['sh', '-ec', 'mkdir -p /run/rpcbind /run/ganesha; rpcbind']);
    await this.host.execOk(['ganesha.nfsd', '-L', '/var/log/ganesha.log', '-f', '/etc/ganesha/ganesha.conf']);
    await until('NFS is served', 30_000, async () => {
      const { stdout } = await this.host.exec(['sh', '-c', 'rpcinfo -p 127.0.0.1 || true']);
      return (stdout.includes('100005') && stdout.includes('100003')) || null;
    });
  }
}

const ganeshaConf = `NFS_CORE_PARAM { Protocols = 3; Enable_NLM = false; allow_set_io_flusher_fail = true; }
NFS_KRB5 { Active_krb5 = false; }
EXPORT {
  Export_Id = 1;
  Path = ${directory};
  Pseudo = ${directory};
  Protocols = 3;
  Transports = TCP;
  Access_Type = RW;
  Squash = No_root_squash;
  SecType = sys;
  FSAL { Name = VFS; }
}
`;
