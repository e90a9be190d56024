import { Type } from 'typebox';
import { consoleUrl } from '../consoles/console-routes.ts';
import { NovaFault } from '../nova-fault.ts';
import type { ServerAction } from './server-action.ts';
import { readConsole } from '../../../operations/servers/read-guest.ts';

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
  run: async ({ api, server, body }) => {
    const asked = (body as { length?: number | string | null }).length ?? null;
    const text = await readConsole(api.services, server.instance.id);
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
  { key: 'os-getVNCConsole', types: ['novnc', 'xvpvnc'] },
  { key: 'os-getSPICEConsole', types: ['spice-html5'] },
  { key: 'os-getRDPConsole', types: ['rdp-html5'] },
  { key: 'os-getSerialConsole', types: ['serial'] },
] as const;

export const remoteConsoles: readonly ServerAction[] = viewers.map(({ key, types }) => {
  const schema = Type.Object({ type: Type.Enum([...types] as string[]) }, { additionalProperties: false });
  return {
    key,
    until: 5,
    bodyOf: () => schema,
    role: 'member',
    policy: 'os-remote-consoles',
    heedsLock: false,
    run: async ({ api, server, body, baseUrl, token }) => {
      const { type } = body as { type: string };
      const url = await consoleUrl(api, server.instance.id, type, { baseUrl, token });
      return { status: 200, body: { console: { type, url } } };
    },
  };
});
