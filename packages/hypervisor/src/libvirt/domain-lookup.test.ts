import { expect, test } from 'vitest';
import { endDomain } from './domain-lookup.ts';
import { fakeDaemon } from './fake-daemon.test-support.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };
const [running, off] = [1, 5];

/** A daemon that answers "domain is not running" where one is to be ended; what it shows of it then. */
function refusing(state: number | 'no-domain') {
  const shown = typeof state === 'number' ? { state, reason: 0 } : state;
  return fakeDaemon({ domainDestroyFlags: () => 'wrong-state', domainGetState: () => shown });
}

test.each([off, 'no-domain'] as const)(
  'one that somebody else has ended at the same moment (%s) is ended',
  async (state) => {
    await expect(endDomain(refusing(state).connection, dom, {})).resolves.toBeUndefined();
  },
);

test('one that runs on is not', async () => {
  await expect(endDomain(refusing(running).connection, dom, {})).rejects.toMatchObject({
    code: 'wrong-state',
  });
});
