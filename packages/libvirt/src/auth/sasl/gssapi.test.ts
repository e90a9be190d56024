import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { ClientError } from '../../errors.ts';
import { FakeService } from '../kerberos/fake-service.test-support.ts';
import { gssapi } from './gssapi.ts';
import type { SaslExchange } from './sasl-exchange.ts';

const open = { host: 'h', private: false };
const closed = { host: 'h', private: true };

/** A SASL server's offer: bits of layers, and how much it takes. */
function offer(layers: number, largest = 0x01_0000): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt8(layers);
  bytes.writeUIntBE(largest, 1, 3);
  return bytes;
}

async function begun(
  context: typeof open | typeof closed,
): Promise<{ service: FakeService; exchange: SaslExchange }> {
  const service = new FakeService(18, { ownKey: true });
  const exchange = gssapi(
    context,
    () => ({}),
    () => Promise.resolve(service.ticket),
  );
  const token = await exchange.first();
  const next = await exchange.next(service.accept(Buffer.from(token ?? [])));
  expect(next).toEqual(Buffer.alloc(0));
  expect(exchange.done).toBe(false);
  return { service, exchange };
}

test.each([
  ['encryption on an open transport', open, 7, '04010000', true],
  ['nothing where the transport is private', closed, 7, '01000000', false],
  ['encryption where nothing is not offered', closed, 6, '04010000', true],
  ['integrity where it is all that is offered', closed, 2, '02010000', true],
])('%s is chosen', async (_, context, offered, reply, hasLayer) => {
  const { service, exchange } = await begun(context);
  const answer = await exchange.next(service.wrap(offer(offered), false));
  const { bytes, flags } = service.unwrap(Buffer.from(answer ?? []));
  expect(bytes.toString('hex')).toBe(reply);
  // The standard wants this one not to be sealed.
  expect(flags & 2).toBe(0);
  expect(exchange.done).toBe(true);
  expect(exchange.layer !== null).toBe(hasLayer);
});

test.each([
  ['encryption seals', 6, 2],
  ['integrity does not', 2, 0],
])('%s what is said afterwards', async (_, offered, sealed) => {
  const { service, exchange } = await begun(closed);
  await exchange.next(service.wrap(offer(offered), false));
  const packet = exchange.layer?.wrap(Buffer.from('a call')) ?? Buffer.alloc(0);
  const { bytes, flags } = service.unwrap(packet.subarray(4));
  expect(bytes.toString()).toBe('a call');
  expect(flags & 2).toBe(sealed);
});

test('why there is no ticket is told as it is', async () => {
  const why = new ClientError('auth-required', 'no ticket', { mayHaveRun: false });
  const exchange = gssapi(
    open,
    () => ({}),
    () => Promise.reject(why),
  );
  await expect(exchange.first()).rejects.toBe(why);
});

test.each([
  ['no encryption on an open transport', open, offer(3), 'no encryption (it offers layers 3)'],
  ['no layer at all', closed, offer(0), 'no encryption'],
  ['packets into which nothing fits', open, offer(4, 60), 'nothing fits'],
  ['something else', closed, Buffer.from('what'.repeat(2)), 'malformed'],
])('an offer of %s ends it', async (_, context, offered, why) => {
  const { service, exchange } = await begun(context);
  await expect(exchange.next(service.wrap(offered, false))).rejects.toMatchObject({
    name: 'SaslError',
    message: expect.stringContaining(why),
  });
  expect(exchange.layer).toBeNull();
});

test('a message that is not genuine is an error of SASL', async () => {
  const { exchange } = await begun(open);
  await expect(exchange.next(offer(4))).rejects.toMatchObject({ name: 'SaslError' });
});

test('the daemon may not go on when all is said', async () => {
  const { service, exchange } = await begun(closed);
  await exchange.next(service.wrap(offer(1), false));
  await expect(exchange.next(null)).rejects.toThrow('more than GSSAPI has messages');
});

test('where no host is named the ticket is for this one', async () => {
  const { ticket } = new FakeService(18);
  const asked: string[] = [];
  const exchange = gssapi(
    { host: null, private: true },
    () => ({}),
    (host) => {
      asked.push(host);
      return Promise.resolve(ticket);
    },
  );
  await exchange.first();
  expect(asked).toEqual([hostname()]);
});
