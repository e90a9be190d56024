import { describe, expect, test } from 'vitest';
import type { EventMessage } from '../events/event-families.ts';
import { eventMessages } from '../events/libvirt-event.ts';
import { isLater, libvirtSources } from './libvirt-sources.test-support.ts';
import { type ProcedureName, procedures } from './procedures.ts';
import { ProtocolDefinition } from './protocol-definition.test-support.ts';

const names = Object.keys(procedures) as ProcedureName[];

test('no two procedures of a program have the same number', () => {
  const numbers = Object.values(procedures).map(({ program, number }) => `${program.program} ${number}`);
  expect(new Set(numbers).size).toBe(numbers.length);
});

// libvirt's own definition is not part of this repository: `make protocol` fetches it and runs this.
const sources = libvirtSources();
test.runIf(sources.length === 0)('procedures are held against libvirt (LIBVIRT_PROTOCOL_X)', ({ skip }) => {
  skip('no source of libvirt is at hand');
  expect(sources).not.toEqual([]);
});

describe.each(sources)('$name', (source) => {
  const definition = new ProtocolDefinition(source.protocolFolder);
  const here = names.filter((name) => definition.hasProcedure(name));

  test('has the procedures of the table, with their numbers and layouts', () => {
    const ours = here.map((name) => {
      const { number, args, result } = procedures[name];
      return { name, number, args: plain(args.shape), result: plain(result.shape) };
    });
    expect(ours).toEqual(here.map((name) => ({ name, ...definition.procedure(name) })));
  });

  test('lacks those, and only those, that the table marks as newer', () => {
    const newer = names.filter((name) => isNewer(procedures[name]));
    expect(names.filter((name) => !here.includes(name))).toEqual(newer);
  });

  test('has the event messages, with their numbers and layouts', () => {
    const all: readonly EventMessage<unknown>[] = Object.values(eventMessages);
    const messages = all.filter(({ name }) => definition.hasProcedure(name));
    expect(all.filter((message) => !messages.includes(message))).toEqual(all.filter(isNewer));
    const ours = messages.map(({ name, procedure, codec }) => ({
      name,
      number: procedure,
      message: plain(codec.shape),
    }));
    expect(ours).toEqual(messages.map(({ name }) => ({ name, ...definition.event(name) })));
  });

  function isNewer({ since }: { readonly since?: string | undefined }): boolean {
    return since !== undefined && isLater(since, source);
  }
});

/** Names in the protocol's file are written with underscores, ours in camel case; neither stands on the wire. */
function plain(shape: string): string {
  return shape.toLowerCase().replaceAll('_', '').replaceAll(' ', '');
}
