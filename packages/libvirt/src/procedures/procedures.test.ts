import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventMessages } from './event-messages.ts';
import { type ProcedureName, procedures } from './procedures.ts';
import { ProtocolDefinition } from './protocol-definition.test-support.ts';

test('no two procedures of a program have the same number', () => {
  const numbers = Object.values(procedures).map(({ program, number }) => `${program.program} ${number}`);
  expect(new Set(numbers).size).toBe(numbers.length);
});

// libvirt's own definition is not part of this repository; where its source is at hand, numbers and layouts are held
// against it: LIBVIRT_PROTOCOL_X=.../src/remote/remote_protocol.x npx vitest run packages/libvirt
const path = process.env['LIBVIRT_PROTOCOL_X'];
const definition = path === undefined || !existsSync(path) ? null : new ProtocolDefinition(dirname(path));
const why = definition === null ? ' (skipped: LIBVIRT_PROTOCOL_X names no remote_protocol.x)' : '';

test.skipIf(definition === null)(`procedures have libvirt's numbers and layouts${why}`, () => {
  const names = Object.keys(procedures) as ProcedureName[];
  const ours = names.map((name) => {
    const { number, args, result } = procedures[name];
    return { name, number, args: plain(args.shape), result: plain(result.shape) };
  });
  expect(ours).toEqual(names.map((name) => ({ name, ...definition?.procedure(name) })));
});

test.skipIf(definition === null)(`event messages have libvirt's numbers and layouts${why}`, () => {
  const messages = Object.values(eventMessages);
  const ours = messages.map(({ name, procedure, codec }) => ({
    name,
    number: procedure,
    message: plain(codec.shape),
  }));
  expect(ours).toEqual(messages.map(({ name }) => ({ name, ...definition?.event(name) })));
});

test('where a definition was asked for, both its files are there', () => {
  expect(path === undefined || existsSync(join(dirname(path), 'qemu_protocol.x'))).toBe(true);
});

/** Names in the protocol's file are written with underscores, ours in camel case; neither stands on the wire. */
function plain(shape: string): string {
  return shape.toLowerCase().replaceAll('_', '').replaceAll(' ', '');
}
