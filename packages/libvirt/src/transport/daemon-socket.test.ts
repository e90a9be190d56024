import { expect, test } from 'vitest';
import { daemonSocket, type DaemonWanted } from './daemon-socket.ts';

const system: DaemonWanted = { driver: 'qemu', session: false, mode: 'auto', readOnly: false };
const modular = '/var/run/libvirt/virtqemud-sock';
const legacy = '/var/run/libvirt/libvirt-sock';

function socketFor(wanted: Partial<DaemonWanted>, there: readonly string[], uid = 0, env = {}): string {
  return daemonSocket({ ...system, ...wanted }, { uid, env, exists: (path) => there.includes(path) });
}

test.each([
  [{}, [modular, legacy], modular],
  [{}, [legacy], legacy],
  [{}, [], legacy],
  [{ readOnly: true }, [modular], `${legacy}-ro`],
  [{ readOnly: true }, [`${modular}-ro`], `${modular}-ro`],
  [{ mode: 'legacy' }, [modular, legacy], legacy],
  [{ mode: 'direct' }, [legacy], modular],
  [{ driver: 'test' }, [modular, legacy], legacy],
  [{ driver: null }, [modular, legacy], modular],
  [{ driver: null }, [], legacy],
] as const)('%o with the sockets %o leads to %s', (wanted, there, path) => {
  expect(socketFor(wanted, there)).toBe(path);
});

test('a session is the own daemon of whoever is not root', () => {
  const session = { session: true, readOnly: true };
  const env = { XDG_RUNTIME_DIR: '/run/user/7', HOME: '/home/ann' };
  expect(socketFor(session, [], 7, env)).toBe('/run/user/7/libvirt/libvirt-sock');
  expect(socketFor(session, ['/run/user/7/libvirt/virtqemud-sock'], 7, env)).toBe(
    '/run/user/7/libvirt/virtqemud-sock',
  );
  expect(socketFor(session, [], 7, { HOME: '/home/ann' })).toBe('/home/ann/.cache/libvirt/libvirt-sock');
  expect(socketFor(session, [], 0, env)).toBe(`${legacy}-ro`);
});
