import { expect, test } from 'vitest';
import { FakeService, type ServiceHabits } from './fake-service.test-support.ts';
import * as der from './der.ts';
import { encodeGssToken, GssTokenId } from './gss-token.ts';
import { KerberosError } from './kerberos-error.ts';
import { beginSecurityContext } from './security-context.ts';
import type { WrapTokens } from './wrap-tokens.ts';

const types = [17, 18, 19, 20];

/** A context with a service that stands. */
function established(type: number, habits: ServiceHabits = {}): { service: FakeService; client: WrapTokens } {
  const service = new FakeService(type, habits);
  const context = beginSecurityContext(service.ticket);
  return { service, client: context.accept(service.accept(context.token)) };
}

const said = Buffer.from('what the service says');

test.each(types)('type %i: both sides understand each other, sealed or not, however it is turned', (type) => {
  for (const ownKey of [true, false]) {
    for (const turnedBy of [0, 1, 28, 1000, 65_535]) {
      const { service, client } = established(type, { ownKey, turnedBy });
      for (const confidential of [true, false, true]) {
        expect(client.unwrap(service.wrap(said, confidential))).toEqual({ bytes: said, confidential });
        const token = client.wrap(said, confidential);
        expect(token).toHaveLength(said.length + client.overheadBytes(confidential));
        expect(service.unwrap(token).bytes).toEqual(said);
      }
    }
  }
});

test('the client asks for both sides to be proved, order, integrity and confidentiality, and binds to no channel', () => {
  const { service } = established(18);
  expect(service.wishes.toString('hex')).toBe(`10000000${'00'.repeat(16)}3e000000`);
  expect(service.name.toString('hex')).toBe('300ea003020101a10730051b03616e6e');
});

test('what the client sends is numbered on, and sealed when it shall be', () => {
  const { service, client } = established(18, { ownKey: true });
  const [first, second] = [client.wrap(said, true), client.wrap(said, false)].map((token) => ({
    ...service.unwrap(token),
  }));
  expect(first?.flags).toBe(6);
  expect(second?.flags).toBe(4);
  expect(second?.sequence).toBe((first?.sequence ?? 0n) + 1n);
  expect(client.wrap(said, true).includes(said)).toBe(false);
});

test.each([true, false])('one bit that is another is found out, sealed: %s', (confidential) => {
  const turned = { ownKey: true, turnedBy: 5 };
  const { service, client } = established(18, turned);
  const token = service.wrap(said, confidential);
  for (let bit = 0; bit < token.length * 8; bit += 1) {
    const changed = Buffer.from(token);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    expect(() => client.unwrap(changed)).toThrow(KerberosError);
  }
  for (let end = 0; end < token.length; end += 1) {
    expect(() => client.unwrap(token.subarray(0, end))).toThrow(KerberosError);
  }
  expect(client.unwrap(token).bytes).toEqual(said);
});

test('a message may be empty', () => {
  const { service, client } = established(18);
  for (const confidential of [true, false]) {
    const empty = Buffer.alloc(0);
    expect(client.unwrap(service.wrap(empty, confidential)).bytes).toEqual(empty);
  }
});

test('a message that says it has more filler than it is long is refused', () => {
  const { service, client } = established(18, { fillerBytes: said.length + 4 });
  expect(() => client.unwrap(service.wrap(said, true))).toThrow('header of a wrapped message');
});

test('a message that comes twice, or before its time, or from the client itself is refused', () => {
  const { service, client } = established(18);
  const [first, second, third] = ['1', '2', '3'].map((text) => service.wrap(Buffer.from(text), true));
  if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
  expect(() => client.unwrap(second)).toThrow('twice, too early or too late');
  client.unwrap(first);
  expect(() => client.unwrap(first)).toThrow('twice, too early or too late');
  expect(() => client.unwrap(third)).toThrow('twice, too early or too late');
  client.unwrap(second);
  expect(() => client.unwrap(client.wrap(said, true))).toThrow('not of the service');
});

test('a service that cannot open the ticket has no answer that we take', () => {
  const [service, impostor] = [new FakeService(18), new FakeService(18)];
  const context = beginSecurityContext(service.ticket);
  const toImpostor = beginSecurityContext(impostor.ticket);
  expect(() => context.accept(impostor.accept(toImpostor.token))).toThrow('not from who has the key');
});

test('an answer to another request is refused', () => {
  const late = new FakeService(18, { otherTime: true });
  const context = beginSecurityContext(late.ticket);
  expect(() => context.accept(late.accept(context.token))).toThrow('another request');
});

test('an error of Kerberos is told with its number', () => {
  const { ticket } = new FakeService(18);
  const error = der.application(30, der.fields({ 6: der.integer(37), 11: der.text('Clock skew') }));
  const token = encodeGssToken(GssTokenId.error, error);
  expect(() => beginSecurityContext(ticket).accept(token)).toThrow('Kerberos error 37 ("Clock skew")');
});

const request = encodeGssToken(GssTokenId.request, Buffer.alloc(0));
const changed = (at: number): Buffer => {
  const token = encodeGssToken(GssTokenId.reply, Buffer.alloc(0));
  token.writeUInt8((token[at] ?? 0) ^ 1, at);
  return token;
};

test.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), 'malformed'],
  ['another kind of token', changed(0), 'not of Kerberos'],
  ['a token of another mechanism', changed(12), 'not of Kerberos'],
  ['a token without a number', Buffer.from('600c06092a864886f71201020202', 'hex'), 'not of Kerberos'],
  ['a token of a number that is not known', changed(14), 'unknown number 513'],
  ['the token of a request', request, 'unknown number 256'],
  ['an empty answer', encodeGssToken(GssTokenId.reply, Buffer.alloc(0)), 'malformed'],
])('%s is refused', (_, token, why) => {
  const { ticket } = new FakeService(18);
  const accept = (): WrapTokens => beginSecurityContext(ticket).accept(token);
  expect(accept).toThrow(KerberosError);
  expect(accept).toThrow(why);
});
