import { expect, test } from 'vitest';
import { eventMessages } from '../events/libvirt-event.ts';
import { errorFields } from '../protocol/types.ts';
import { assertOnTheWire } from '../xdr/assert-on-the-wire.test-support.ts';
import type { Codec } from '../xdr/codec.ts';
import { procedures } from './procedures.ts';

const procedureCodecs = Object.entries(procedures).flatMap(
  ([name, { args, result }]): [string, Codec<never>][] => [
    [`the arguments of ${name}`, args as Codec<never>],
    [`the result of ${name}`, result as Codec<never>],
  ],
);
const eventCodecs = Object.entries(eventMessages).map(([name, { codec }]): [string, Codec<never>] => [
  `the event ${name}`,
  codec as Codec<never>,
]);

test.each([...procedureCodecs, ...eventCodecs, ['an error', errorFields as Codec<never>] as const])(
  '%s: comes back whatever it is; bytes cut short or damaged are a value or a typed error',
  (_what, codec) => {
    expect(() => assertOnTheWire(codec, 15)).not.toThrow();
  },
);
