import { type TSchema, Type } from 'typebox';
import { NovaFault } from '../nova-fault.ts';
import type { ServerAction } from './server-action.ts';

const OutputSchema = Type.Object(
  {
    length: Type.Optional(
      Type.Union([Type.Integer({ minimum: -1 }), Type.String({ pattern: '^-?[0-9]+$' }), Type.Null()]),
    ),
  },
  { additionalProperties: false },
);

/** What the guest has written to its serial console, its last lines where a number of them is asked for. */
export const consoleOutput: ServerAction = {
  key: 'os-getConsoleOutput',
  bodyOf: () => OutputSchema,
  role: 'member',
  policy: 'os-console-output',
  heedsLock: false,
  run: async ({ controls, server, body }) => {
    const asked = (body as { length?: number | string | null }).length ?? null;
    const text = await controls.consoleOutput(server.instance.id);
    if (text === null)
      throw new NovaFault(
        409,
        `Nothing is kept of the console of instance ${server.instance.id}: its domain has no <log file=…> at a serial port.`,
      );
    const count = asked === null ? -1 : Number(asked);
    return { status: 200, body: { output: count < 0 ? text : lastLines(text, count) } };
  },
};

function lastLines(text: string, count: number): string {
  if (count === 0) return '';
  const lines = text.split('\n');
  const ends = lines.at(-1) === '';
  return lines.slice(-(ends ? count + 1 : count)).join('\n');
}

/** The older calls for a remote console; since 2.6 it is a page of its own. */
const viewers = [
  { key: 'os-getVNCConsole', schema: typed(['novnc', 'xvpvnc']) },
  { key: 'os-getSPICEConsole', schema: typed(['spice-html5']) },
  { key: 'os-getRDPConsole', schema: typed(['rdp-html5']) },
  { key: 'os-getSerialConsole', schema: typed(['serial']) },
] as const;

/** Ferry has no proxy that a browser could reach a guest's screen through: that is said, and nothing else. */
export const remoteConsoles: readonly ServerAction[] = viewers.map(({ key, schema }) => ({
  key,
  until: 5,
  bodyOf: () => schema,
  role: 'member',
  policy: 'os-remote-consoles',
  heedsLock: false,
  run: () => Promise.reject(noConsoleProxy()),
}));

function typed(types: string[]): TSchema {
  return Type.Object({ type: Type.Enum(types) }, { additionalProperties: false });
}

/** What is answered to whoever wants to see a guest's screen. */
export function noConsoleProxy(): NovaFault {
  return new NovaFault(
    501,
    'No console proxy is configured: Ferry has none. Reach the screen by libvirt (virsh domdisplay, virt-viewer).',
  );
}
