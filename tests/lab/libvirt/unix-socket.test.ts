import { Lab, type LabHost, until } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import type { Answer, Question } from './ask-daemon.ts';
import { Asking } from './asking.ts';
import { configure } from './configure.ts';

let lab: Lab;
/** Nobody of note, and a member of the group libvirt, which polkit's rules of Debian let in. */
const [stranger, member] = [4001, 4002];

beforeAll(async () => {
  lab = await Lab.up({ name: 'lvunix', hosts: [{}, { release: 'bookworm' }] });
  for (const host of lab.hosts) {
    await host.execOk(['useradd', '-u', String(stranger), 'stranger']);
    await host.execOk(['useradd', '-u', String(member), '-G', 'libvirt', 'member']);
  }
});
afterAll(async () => {
  await lab?.down();
});

/** Asks from among the host's own processes: the daemon and polkit look at who it is. */
async function ask(host: LabHost, user: number, readOnly = false): Promise<Answer> {
  const socket = encodeURIComponent(`${host.socketPath}${readOnly ? '-ro' : ''}`);
  const question: Partial<Question> = { user };
  return new Asking(lab, { inside: host }).one(
    `qemu+unix:///system?socket=${socket}`,
    { readOnly },
    question,
  );
}

async function startPolkit(host: LabHost): Promise<void> {
  await host.execOk(['mkdir', '-p', '/run/dbus']);
  await host.execOk(['dbus-daemon', '--system', '--fork']);
  host.spawn(['/usr/lib/polkit-1/polkitd', '--no-debug'], { stdio: 'ignore', detached: true }).unref();
  const asks = [
    'dbus-send',
    '--system',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
  ];
  await until('polkit answers', 20_000, async () => {
    const { stdout } = await host.exec([...asks, 'string:org.freedesktop.PolicyKit1']);
    return stdout.includes('true') || null;
  });
}

describe.each(['compute11', 'compute12'])('with the libvirt of %s', (name) => {
  test('a socket that is not for this user', async () => {
    const host = lab.host(name);
    await configure(host, { unix_sock_group: 'libvirt', unix_sock_rw_perms: '0770', auth_unix_rw: 'none' });
    expect(await ask(host, stranger)).toEqual(failed('connect-failed', 'EACCES', 'group libvirt'));
  });

  test('polkit is wanted and does not run', async () => {
    const host = lab.host(name);
    await configure(host, { unix_sock_rw_perms: '0777', auth_unix_rw: 'polkit' });
    expect(await ask(host, stranger)).toEqual(failed('auth-failed', 'polkit', 'org.libvirt.unix.manage'));
  });

  test('polkit knows who may', async () => {
    const host = lab.host(name);
    await startPolkit(host);
    await configure(host, { auth_unix_rw: 'polkit', auth_unix_ro: 'polkit' });
    expect(await ask(host, member)).toEqual(await answerOf(host));
    const refused = await ask(host, stranger);
    expect(refused).toEqual(failed('auth-failed', `user ${stranger}`, 'org.libvirt.unix.manage'));
    expect(await ask(host, stranger, true)).toEqual(await answerOf(host));
  });
});
