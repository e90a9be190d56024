import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecurityLayerError } from '../../rpc/security-layer.ts';
import { FakeService } from '../kerberos/fake-service.test-support.ts';
import { beginSecurityContext } from '../kerberos/security-context.ts';
import { GssapiLayer, largestPacketBytes } from './gssapi-layer.ts';

function layer(confidential: boolean, theirLargest: number): { service: FakeService; ours: GssapiLayer } {
  const service = new FakeService(18, { ownKey: true });
  const context = beginSecurityContext(service.ticket);
  const wrap = context.accept(service.accept(context.token));
  return { service, ours: new GssapiLayer(wrap, confidential, theirLargest) };
}

function packet(token: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(token.length);
  return Buffer.concat([length, token]);
}

test.each([true, false])('what is long goes in packets that the daemon takes, sealed: %s', (confidential) => {
  const { service, ours } = layer(confidential, 100);
  const text = Buffer.from('0123456789'.repeat(50));
  let rest = ours.wrap(text);
  const read: Buffer[] = [];
  while (rest.length > 0) {
    const length = rest.readUInt32BE();
    expect(length).toBeLessThanOrEqual(100);
    read.push(service.unwrap(rest.subarray(4, 4 + length)).bytes);
    rest = rest.subarray(4 + length);
  }
  expect(Buffer.concat(read)).toEqual(text);
  expect(ours.wrap(Buffer.alloc(0))).toHaveLength(0);
});

test('however the bytes are cut, the same comes out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (messages, cuts) => {
        const { service, ours } = layer(true, 1000);
        const stream = Buffer.concat(messages.map((message) => packet(service.wrap(message, true))));
        const read: Buffer[] = [];
        for (let at = 0, index = 0; at < stream.length; index += 1) {
          const size = cuts[index % cuts.length] ?? 1;
          read.push(ours.unwrap(stream.subarray(at, at + size)));
          at += size;
        }
        expect(Buffer.concat(read)).toEqual(Buffer.concat(messages));
      },
    ),
  );
});

test('a length that was not agreed on is refused before anything is kept for it', () => {
  const { ours } = layer(true, 1000);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(largestPacketBytes + 1);
  expect(() => ours.unwrap(length)).toThrow(SecurityLayerError);
});

test('the largest packet that was agreed on is taken', () => {
  const { service, ours } = layer(true, 1000);
  // Header, confounder, filler, header again and checksum are on top.
  const message = Buffer.alloc(largestPacketBytes - 16 - 16 - 3 - 16 - 12, 'x');
  const token = service.wrap(message, true);
  expect(token).toHaveLength(largestPacketBytes);
  expect(ours.unwrap(packet(token))).toEqual(message);
});

test('what is only signed is refused where encryption was agreed on', () => {
  const { service, ours } = layer(true, 1000);
  const token = service.wrap(Buffer.from('a secret'), false);
  expect(() => ours.unwrap(packet(token))).toThrow('anybody could read');
});

test('packets that are changed, left out or come twice end it', () => {
  for (const spoil of ['change', 'leave out', 'repeat']) {
    const { service, ours } = layer(true, 1000);
    const [first, second] = [service.wrap(Buffer.from('1'), true), service.wrap(Buffer.from('2'), true)];
    if (spoil === 'change') first.writeUInt8((first[20] ?? 0) ^ 1, 20);
    const packets = { change: [first], 'leave out': [second], repeat: [first, first] }[spoil] ?? [];
    const bytes = Buffer.concat(packets.map((token) => packet(token)));
    expect(() => ours.unwrap(bytes)).toThrow(SecurityLayerError);
  }
});
