import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost, until } from '@ferry/lab';
import { connect } from '@ferry/libvirt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Question } from './ask-daemon.ts';
import { Authority } from './certificates.ts';

let lab: Lab;
let folder: string;
let trixie: LabHost;
let bookworm: LabHost;
const mebibyte = 1024 * 1024;
const script = new URL('ask-daemon.ts', import.meta.url).pathname;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-transports-'));
  lab = await Lab.up({ name: 'lvtransports', hosts: [{}, { release: 'bookworm' }] });
  trixie = lab.host('compute11');
  bookworm = lab.host('compute12');
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks from inside the lab's network, one after the other. That it ends shows that nothing is left open. */
async function ask(...questions: Question[]): Promise<Answer[]> {
  const argv = [process.execPath, script, JSON.stringify(questions)];
  const { code, stdout, stderr } = await lab.ctl.exec(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer[];
}

async function askOne(uri: string, options: Question['options'] = {}): Promise<Answer> {
  const [answer] = await ask({ uri, options });
  return answer ?? {};
}

async function hostnameOf(host: LabHost): Promise<string> {
  return (await host.virsh('hostname')).trim();
}

const failed = (code: string, ...words: string[]): unknown => ({
  code,
  message: expect.stringMatching(new RegExp(words.join('[^]*'))),
});

test("TCP and the host's unix sockets lead to the same daemon, of either release", async () => {
  for (const host of [trixie, bookworm]) {
    const hostname = await hostnameOf(host);
    expect(await askOne(`qemu+tcp://${host.address}/system`)).toEqual({ hostname });
    for (const socket of [host.socketPath, `${host.socketPath}-ro`]) {
      const readOnly = socket.endsWith('-ro');
      const uri = `qemu+unix:///system?socket=${encodeURIComponent(socket)}`;
      const connection = await connect(uri, { readOnly, configFile: null });
      expect(await connection.call('connectGetHostname', {})).toEqual({ hostname });
      await connection.close();
    }
  }
});

test('the test driver is reached through libvirtd', async () => {
  const answer = await askOne(`test+tcp://${trixie.address}/default`);
  expect(answer).toEqual({ hostname: await hostnameOf(trixie) });
});

test('a port where nobody listens, and a host that does not answer', async () => {
  expect(await askOne(`qemu+tcp://${trixie.address}:1/system`)).toEqual(
    failed('connect-failed', 'ECONNREFUSED'),
  );
  const mend = await trixie.dropTraffic({ from: lab.ctl.address, port: 16_509 });
  const silent = await askOne(`qemu+tcp://${trixie.address}/system`, { deadlineMs: 1_000 });
  await mend();
  expect(silent).toEqual(failed('deadline-exceeded', trixie.address));
});

function tlsUri(host: LabHost, pkipath: string, more = ''): string {
  return `qemu://${host.address}/system?pkipath=${pkipath}${more}`;
}

function makeKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
}

/** Takes programs away from a host while something is done. */
async function without(host: LabHost, programs: readonly string[], act: () => Promise<void>): Promise<void> {
  const files = programs.map((name) => `/usr/bin/${name}`);
  for (const file of files) await host.execOk(['mv', file, `${file}.away`]);
  try {
    await act();
  } finally {
    for (const file of files) await host.execOk(['mv', `${file}.away`, file]);
  }
}

describe('TLS', () => {
  let ours: Authority;
  let strangers: Authority;
  let good: string;

  beforeAll(async () => {
    ours = new Authority(join(folder, 'ours'));
    strangers = new Authority(join(folder, 'strangers'));
    good = ours.clientFolder('good', ours);
    await serve(trixie, `IP:${trixie.address}`);
    await serve(bookworm, 'DNS:elsewhere.example');
  });

  /** Gives a host a certificate, and has its libvirtd speak TLS with it. */
  async function serve(host: LabHost, name: string, days = 30): Promise<void> {
    const extensions = [`subjectAltName=${name}`, 'extendedKeyUsage=serverAuth', 'keyUsage=digitalSignature'];
    const { cert, key } = ours.issue(`${host.name}${days}`, extensions, days);
    for (const directory of ['CA', 'libvirt/private']) {
      mkdirSync(host.pathOnMachine(`/etc/pki/${directory}`), { recursive: true });
    }
    copyFileSync(ours.cert, host.pathOnMachine('/etc/pki/CA/cacert.pem'));
    copyFileSync(cert, host.pathOnMachine('/etc/pki/libvirt/servercert.pem'));
    copyFileSync(key, host.pathOnMachine('/etc/pki/libvirt/private/serverkey.pem'));
    const file = host.pathOnMachine('/etc/libvirt/libvirtd.conf');
    const settings = readFileSync(file, 'utf8').replace(
      'listen_tls = 0',
      'listen_tls = 1\nauth_tls = "none"',
    );
    // Else libvirtd does not start with a certificate that has expired.
    writeFileSync(file, `${settings}tls_no_sanity_certificate = 1\n`);
    await host.libvirtd.restart();
  }

  test('both sides know each other', async () => {
    expect(await askOne(tlsUri(trixie, good))).toEqual({ hostname: await hostnameOf(trixie) });
  });

  test('a volume goes there and comes back whole', async () => {
    const bytes = 48 * mebibyte;
    await trixie.virsh('vol-create-as', 'default', 'tls.img', String(bytes));
    const volume = { path: '/var/lib/libvirt/images/tls.img', bytes };
    expect(await ask({ uri: tlsUri(trixie, good), volume })).toMatchObject([{ same: true }]);
  });

  test('a server that our CA does not vouch for', async () => {
    const folderOfStrangers = strangers.clientFolder('wrong', ours);
    expect(await askOne(tlsUri(trixie, folderOfStrangers))).toEqual(failed('tls-failed', 'wrong/cacert.pem'));
    const careless = tlsUri(trixie, folderOfStrangers, '&no_verify=1');
    expect(await askOne(careless)).toEqual(failed('unsupported-uri', 'allowUnverifiedTls'));
    expect(await askOne(careless, { allowUnverifiedTls: true })).toEqual({
      hostname: await hostnameOf(trixie),
    });
  });

  test('a client without a certificate, or with one of strangers, is told that it was rejected', async () => {
    const none = tlsUri(trixie, ours.clientFolder('none', null));
    expect(await askOne(none)).toEqual(failed('tls-failed', 'rejected', 'we showed none', 'clientcert.pem'));
    const other = tlsUri(trixie, ours.clientFolder('other', strangers));
    expect(await askOne(other)).toEqual(failed('tls-failed', 'rejected', 'other/clientcert.pem'));
  });

  test('a certificate for another name, and one that has expired', async () => {
    const wrong = failed('tls-failed', 'another name', 'elsewhere.example');
    expect(await askOne(tlsUri(bookworm, good))).toEqual(wrong);
    await serve(bookworm, `IP:${bookworm.address}`, -1);
    expect(await askOne(tlsUri(bookworm, good))).toEqual(failed('tls-failed', 'expired'));
    const careless = await askOne(tlsUri(bookworm, good, '&no_verify=1'), { allowUnverifiedTls: true });
    expect(careless).toEqual({ hostname: await hostnameOf(bookworm) });
  });

  test('a port without TLS', async () => {
    const plain = `qemu://${trixie.address}:16509/system?pkipath=${good}`;
    expect(await askOne(plain)).toEqual(failed('tls-failed', 'whether this is the port of TLS'));
  });
});

describe('ssh', () => {
  let key: string;
  let known: string;

  beforeAll(async () => {
    key = join(folder, 'key');
    known = join(folder, 'known_hosts');
    for (const name of ['key', 'stranger']) makeKey(join(folder, name));
    for (const host of [trixie, bookworm]) await startSshd(host);
    const lines = [trixie, bookworm].map((host) => {
      const [kind = '', text = ''] = readFileSync(host.pathOnMachine('/etc/ssh/lab_key.pub'), 'utf8').split(
        ' ',
      );
      return `${host.address} ${kind} ${text}\n`;
    });
    writeFileSync(known, lines.join(''));
  });

  async function startSshd(host: LabHost): Promise<void> {
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
    copyFileSync(`${key}.pub`, host.pathOnMachine('/root/.ssh/authorized_keys'));
    await host.execOk(['mkdir', '-p', '/run/sshd']);
    await host.execOk(['/usr/sbin/sshd', '-f', '/etc/ssh/lab_config']);
    const listens = ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/22'];
    await until('sshd to listen', 10_000, async () => (await host.exec(listens)).code === 0 || null);
  }

  function uri(host: LabHost, more: Record<string, string> = {}): string {
    const parameters = { keyfile: key, known_hosts: known, no_tty: '1', ...more };
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `qemu+ssh://root@${host.address}/system?${pairs.join('&')}`;
  }

  /** The ssh processes of this file's tests: all of them name the folder of its keys. */
  async function sshProcesses(): Promise<string> {
    return (await lab.ctl.exec(['pgrep', '-f', `^ssh .*${key}`])).stdout;
  }

  test('virt-ssh-helper, netcat or socat: whichever of them a host has', async () => {
    for (const host of [trixie, bookworm]) {
      const hostname = await hostnameOf(host);
      await without(host, ['nc', 'socat'], async () => expect(await askOne(uri(host))).toEqual({ hostname }));
      await without(host, ['virt-ssh-helper', 'socat'], async () =>
        expect(await askOne(uri(host))).toEqual({ hostname }),
      );
      await without(host, ['virt-ssh-helper', 'nc'], async () =>
        expect(await askOne(uri(host))).toEqual({ hostname }),
      );
      await without(host, ['virt-ssh-helper', 'nc', 'socat'], async () =>
        expect(await askOne(uri(host))).toEqual(failed('ssh-failed', 'virt-ssh-helper, nc and socat')),
      );
      expect(await askOne(uri(host, { proxy: 'netcat' }))).toEqual({ hostname });
      expect(await askOne(uri(host, { socket: '/run/libvirt/libvirt-sock' }))).toEqual({ hostname });
      expect(await askOne(uri(host), { readOnly: true })).toEqual({ hostname });
    }
  });

  test.each(['auto', 'netcat'])('a volume goes there and comes back whole, with proxy=%s', async (proxy) => {
    const bytes = 48 * mebibyte;
    await trixie.virsh('vol-create-as', 'default', `${proxy}.img`, String(bytes));
    const volume = { path: `/var/lib/libvirt/images/${proxy}.img`, bytes };
    expect(await ask({ uri: uri(trixie, { proxy }), volume })).toMatchObject([{ same: true }]);
  });

  test('the socket that there is not', async () => {
    const answer = await askOne(uri(trixie, { socket: "/run/it's not/there" }));
    expect(answer).toEqual(failed('ssh-failed', "it's not/there"));
  });

  test('a key that the host does not know, and a host that we do not know', async () => {
    const stranger = join(folder, 'stranger');
    expect(await askOne(uri(trixie, { keyfile: stranger }))).toEqual(
      failed('ssh-failed', 'Permission denied'),
    );
    const empty = { known_hosts: join(folder, 'empty') };
    expect(await askOne(uri(trixie, empty))).toEqual(failed('ssh-failed', 'Host key verification failed'));
    const careless = uri(trixie, { ...empty, no_verify: '1' });
    expect(await askOne(careless)).toEqual(failed('unsupported-uri', 'allowUnverifiedSsh'));
    const answer = await askOne(careless, { allowUnverifiedSsh: true });
    expect(answer).toEqual({ hostname: await hostnameOf(trixie) });
  });

  test('a port where nobody listens, and a host that does not answer', async () => {
    const closed = uri(trixie).replace(trixie.address, `${trixie.address}:1`);
    expect(await askOne(closed)).toEqual(failed('ssh-failed', 'Connection refused'));
    const mend = await trixie.dropTraffic({ from: lab.ctl.address, port: 22 });
    const silent = await askOne(uri(trixie), { deadlineMs: 1_000 });
    await mend();
    expect(silent).toEqual(failed('deadline-exceeded', 'nothing has come through'));
    await until('ssh to be gone', 10_000, async () => (await sshProcesses()) === '' || null);
  });

  test('ssh ends with the process that started it, also when that is killed', async () => {
    const question: Question = { uri: uri(trixie), stay: true };
    const child = lab.ctl.spawn([process.execPath, script, JSON.stringify([question])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout } = child;
    if (stdout === null) throw new Error('its output is a pipe');
    await once(stdout, 'data');
    expect(await sshProcesses()).not.toBe('');
    child.kill('SIGKILL');
    await until('ssh to be gone', 10_000, async () => (await sshProcesses()) === '' || null);
  });
});
