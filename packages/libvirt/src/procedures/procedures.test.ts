import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventMessages } from './event-messages.ts';
import { procedures } from './procedures.ts';
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

test.skipIf(definition === null).each(Object.entries(procedures))(
  `%s has libvirt's number and layout${why}`,
  (name, ours) => {
    const theirs = definition?.procedure(name);
    expect({
      number: ours.number,
      args: plain(ours.args.shape),
      result: plain(ours.result.shape),
    }).toEqual(theirs);
  },
);

test.skipIf(definition === null).each(Object.values(eventMessages))(
  `the event message $name has libvirt's number and layout${why}`,
  ({ name, procedure, codec }) => {
    expect({ number: procedure, message: plain(codec.shape) }).toEqual(definition?.event(name));
  },
);

test('the definition that was asked for is there', () => {
  expect(path === undefined || existsSync(join(dirname(path), 'qemu_protocol.x'))).toBe(true);
});

/** Names in the protocol's file are written with underscores, ours in camel case; neither stands on the wire. */
function plain(shape: string): string {
  return shape.toLowerCase().replaceAll('_', '').replaceAll(' ', '');
}
