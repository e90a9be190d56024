import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost, until } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import type { Question } from './ask-daemon.ts';
import { Asking, script } from './asking.ts';
import { makeSshKey, SshKeys } from './ssh-keys.ts';

let lab: Lab;
let asking: Asking;
let folder: string;
let keys: SshKeys;
const volumeBytes = 48 * 1024 * 1024;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-ssh-'));
  lab = await Lab.up({ name: 'lvssh', hosts: [{}, { release: 'bookworm' }] });
  asking = new Asking(lab);
  keys = new SshKeys(folder);
  makeSshKey(join(folder, 'stranger'));
  for (const host of lab.hosts) await keys.letInto(host);
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

function uri(host: LabHost, more: Record<string, string> = {}): string {
  return keys.uri(host, more);
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

/** The ssh processes of this file's tests: all of them name the folder of its keys. */
async function sshProcesses(): Promise<string> {
  return (await lab.ctl.exec(['pgrep', '-f', `^ssh .*${keys.key}`])).stdout;
}

describe.each(['compute11', 'compute12'])('with the libvirt of %s', (name) => {
  test.each<[string, readonly string[]]>([
    ['virt-ssh-helper', ['nc', 'socat']],
    ['netcat', ['virt-ssh-helper', 'socat']],
    ['socat', ['virt-ssh-helper', 'nc']],
  ])('%s, where the host has nothing else', async (_, away) => {
    const host = lab.host(name);
    const volume = { path: '/var/lib/libvirt/images/ssh.img', bytes: volumeBytes };
    await host.virsh('vol-create-as', 'default', 'ssh.img', String(volumeBytes));
    await without(host, away, async () =>
      expect(await asking.one(uri(host), {}, { volume })).toEqual({ ...(await answerOf(host)), same: true }),
    );
    await host.virsh('vol-delete', 'ssh.img', '--pool', 'default');
  });

  test('none of them', async () => {
    const host = lab.host(name);
    await without(host, ['virt-ssh-helper', 'nc', 'socat'], async () =>
      expect(await asking.one(uri(host))).toEqual(failed('ssh-failed', 'virt-ssh-helper, nc and socat')),
    );
  });

  test('the one that the URI names, of which another may be there too', async () => {
    const host = lab.host(name);
    const answer = await answerOf(host);
    for (const more of [
      { proxy: 'native' },
      { proxy: 'netcat' },
      { netcat: 'nc' },
      { netcat: '/usr/bin/socat' },
      { socket: '/run/libvirt/libvirt-sock' },
      { mode: 'legacy' },
    ]) {
      expect(await asking.one(uri(host, more as Record<string, string>))).toEqual(answer);
    }
    expect(await asking.one(uri(host), { readOnly: true })).toEqual(answer);
    await without(host, ['virt-ssh-helper'], async () =>
      expect(await asking.one(uri(host, { proxy: 'native' }))).toEqual(
        failed('ssh-failed', 'virt-ssh-helper'),
      ),
    );
  });

  test('another ssh that the URI names', async () => {
    const program = join(folder, `ssh-to-${name}`);
    writeFileSync(program, `#!/bin/sh\necho called >>"$0.log"\nexec ssh "$@"\n`);
    chmodSync(program, 0o755);
    const host = lab.host(name);
    expect(await asking.one(uri(host, { command: program }))).toEqual(await answerOf(host));
    expect(readFileSync(`${program}.log`, 'utf8')).toBe('called\n');
    expect(await asking.one(uri(host, { command: `${program}-not` }))).toEqual(
      failed('ssh-failed', 'cannot be started', 'ENOENT'),
    );
  });
});

test('the socket that there is not', async () => {
  const answer = await asking.one(uri(lab.host('compute11'), { socket: "/run/it's not/there" }));
  expect(answer).toEqual(failed('ssh-failed', "it's not/there"));
});

test('a key that the host does not know, and a host that we do not know', async () => {
  const stranger = join(folder, 'stranger');
  expect(await asking.one(uri(lab.host('compute11'), { keyfile: stranger }))).toEqual(
    failed('ssh-failed', 'Permission denied'),
  );
  const empty = { known_hosts: join(folder, 'empty') };
  expect(await asking.one(uri(lab.host('compute11'), empty))).toEqual(
    failed('ssh-failed', 'Host key verification failed'),
  );
  const careless = uri(lab.host('compute11'), { ...empty, no_verify: '1' });
  expect(await asking.one(careless)).toEqual(failed('unsupported-uri', 'allowUnverifiedSsh'));
  const answer = await asking.one(careless, { allowUnverifiedSsh: true });
  expect(answer).toEqual(await answerOf(lab.host('compute11')));
});

test('a port where nobody listens, and a host that does not answer', async () => {
  const closed = uri(lab.host('compute11')).replace(
    lab.host('compute11').address,
    `${lab.host('compute11').address}:1`,
  );
  expect(await asking.one(closed)).toEqual(failed('ssh-failed', 'Connection refused'));
  const mend = await lab.host('compute11').dropTraffic({ from: lab.ctl.address, port: 22 });
  const silent = await asking.one(uri(lab.host('compute11')), { deadlineMs: 1_000 });
  await mend();
  expect(silent).toEqual(failed('deadline-exceeded', 'nothing has come through'));
  await until('ssh to be gone', 10_000, async () => (await sshProcesses()) === '' || null);
});

test('ssh ends with the process that started it, also when that is killed', async () => {
  const question: Question = { uri: uri(lab.host('compute11')), stay: true };
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
