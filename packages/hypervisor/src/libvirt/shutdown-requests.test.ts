import { ShutdownFlag } from '@ferry/libvirt';
import { expect, test } from 'vitest';
import { HypervisorError, type HypervisorErrorCode } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';
import { ShutdownRequests } from './shutdown-requests.ts';

const { acpiPowerBtn, guestAgent } = ShutdownFlag;
const dom = { name: 'web', uuid: '7f4a1b6e-0000-4000-8000-000000000001', id: 1 };

/** A host with one guest, whose answers to requests are the test's. */
class Guest {
  readonly asked: number[] = [];
  readonly #agent: 'connected' | 'disconnected';
  readonly #answers: ((flags: number) => Promise<void>) | null;

  constructor(
    agent: 'connected' | 'disconnected',
    answers: ((flags: number) => Promise<void>) | null = null,
  ) {
    this.#agent = agent;
    this.#answers = answers;
  }

  requests(): ShutdownRequests {
    const call = async (name: string, { flags }: { flags: number }): Promise<unknown> => {
      if (name === 'domainGetXmlDesc') return { xml: this.#xml() };
      this.asked.push(flags);
      await this.#answers?.(flags);
      return {};
    };
    const connection = { uri: 'qemu:///system', call } as unknown as Pick<HostConnection, 'call' | 'uri'>;
    return new ShutdownRequests(connection, dom, {});
  }

  #xml(): string {
    const target = `<target type='virtio' name='org.qemu.guest_agent.0' state='${this.#agent}'/>`;
    return `<domain type='kvm'><devices><channel type='unix'>${target}</channel></devices></domain>`;
  }
}

function refuses(code: HypervisorErrorCode): Promise<never> {
  return Promise.reject(new HypervisorError(code, 'compute11', `it is ${code}`));
}

test('a guest without an agent has its power button pressed, each time', async () => {
  const guest = new Guest('disconnected');
  const requests = guest.requests();
  for (let times = 0; times < 3; times += 1) await requests.ask();
  expect(guest.asked).toEqual([acpiPowerBtn, acpiPowerBtn, acpiPowerBtn]);
});

test('an agent is asked first and not waited for; the button is pressed while it hangs', async () => {
  const guest = new Guest('connected', (flags) =>
    flags === guestAgent ? new Promise<never>(() => undefined) : Promise.resolve(),
  );
  const requests = guest.requests();
  for (let times = 0; times < 3; times += 1) await requests.ask();
  expect(guest.asked).toEqual([guestAgent, acpiPowerBtn, acpiPowerBtn]);
});

test('an agent that refuses has the button pressed at once, and is asked again the next time', async () => {
  const guest = new Guest('connected', (flags) =>
    flags === guestAgent ? refuses('refused') : Promise.resolve(),
  );
  const requests = guest.requests();
  await requests.ask();
  await expect.poll(() => guest.asked).toEqual([guestAgent, acpiPowerBtn]);
  await requests.ask();
  await expect.poll(() => guest.asked).toEqual([guestAgent, acpiPowerBtn, guestAgent, acpiPowerBtn]);
});

test('an agent whose answer is lost when the guest is off has nothing pressed in its next life', async () => {
  const answer = Promise.withResolvers<void>();
  const guest = new Guest('connected', () => answer.promise);
  const requests = guest.requests();
  await requests.ask();
  requests.end();
  answer.reject(new HypervisorError('refused', 'compute11', 'the agent disappeared'));
  await answer.promise.catch(() => undefined);
  await new Promise(setImmediate);
  expect(guest.asked).toEqual([guestAgent]);
});

test('what libvirt refuses is told of the first request, and not of later ones; a silent host always is', async () => {
  let code: HypervisorErrorCode = 'wrong-state';
  const guest = new Guest('disconnected', () => refuses(code));
  await expect(guest.requests().ask()).rejects.toMatchObject({ code: 'wrong-state' });
  const requests = guest.requests();
  await requests.ask().catch(() => undefined);
  await requests.ask();
  code = 'unreachable';
  await expect(requests.ask()).rejects.toMatchObject({ code: 'unreachable' });
});
