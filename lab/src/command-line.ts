import { parseArgs } from 'node:util';
import { LabError } from './lab-error.ts';

/** Which disk and where, as the command line gives it. */
export interface GuestWords {
  readonly memoryMib: number;
  readonly storage?: 'local' | 'shared';
  readonly disk: 'overlay' | 'standalone' | 'raw';
  readonly dirty?: { readonly mib: number; readonly mibPerSecond: number };
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'setup' }
  | {
      readonly kind: 'up';
      readonly lab: string;
      readonly hosts: number;
      readonly guests: number;
      readonly guest: GuestWords;
    }
  | { readonly kind: 'status'; readonly lab: string | null }
  | { readonly kind: 'down'; readonly lab: string | null }
  | { readonly kind: 'exec'; readonly lab: string; readonly place: string; readonly argv: readonly string[] }
  | { readonly kind: 'power'; readonly lab: string; readonly host: string; readonly on: boolean }
  | {
      readonly kind: 'guest-create';
      readonly lab: string;
      readonly name: string;
      readonly host: string;
      readonly off: boolean;
      readonly guest: GuestWords;
    }
  | { readonly kind: 'guest-stat'; readonly lab: string; readonly name: string };

/** The command line is not one that the lab knows. */
export class UsageError extends LabError {}

/** Name of the lab when none is given. */
const defaultLab = 'main';

const options = {
  help: { type: 'boolean', short: 'h' },
  name: { type: 'string' },
  hosts: { type: 'string' },
  guests: { type: 'string' },
  all: { type: 'boolean' },
  host: { type: 'string' },
  memory: { type: 'string' },
  storage: { type: 'string' },
  disk: { type: 'string' },
  dirty: { type: 'string' },
  off: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];
type Writable<T> = { -readonly [K in keyof T]: T[K] };
type OptionName = keyof typeof options;

const guestOptions: readonly OptionName[] = ['memory', 'storage', 'disk', 'dirty'];
/** Which options each command takes besides --help. */
const taken: Readonly<Record<string, readonly OptionName[]>> = {
  setup: [],
  up: ['name', 'hosts', 'guests', ...guestOptions],
  status: ['name', 'all'],
  down: ['name', 'all'],
  exec: ['name'],
  power: ['name'],
  'guest create': ['name', 'host', 'off', ...guestOptions],
  'guest stat': ['name'],
};

/** Reads the command line; throws a UsageError that says what is wrong with it. */
export function parseCommandLine(argv: readonly string[]): Command {
  // What follows `--` belongs to the command that `exec` runs, options and all.
  const cut = argv.indexOf('--');
  const { values, positionals } = split(cut === -1 ? argv : argv.slice(0, cut));
  const rest = cut === -1 ? [] : argv.slice(cut + 1);
  const [first, ...others] = positionals;
  if (values.help === true || first === undefined || first === 'help') return { kind: 'help' };
  const verb = first === 'guest' ? `guest ${others.shift() ?? ''}` : first;
  const allowed = taken[verb];
  if (allowed === undefined) throw new UsageError(`There is no command "${verb.trim()}".`);
  for (const name of Object.keys(values) as OptionName[])
    if (!allowed.includes(name)) throw new UsageError(`"${verb}" takes no --${name}.`);
  if (rest.length > 0 && verb !== 'exec') throw new UsageError(`"${verb}" takes nothing after --.`);
  const words = wordsOf(verb, others);
  return commandOf(verb, values, words, rest);
}

function commandOf(verb: string, values: Values, words: readonly string[], rest: readonly string[]): Command {
  const lab = values.name ?? defaultLab;
  if (values.all === true && values.name !== undefined)
    throw new UsageError('Give --name or --all, not both.');
  const [first = '', second = ''] = words;
  switch (verb) {
    case 'setup':
      return { kind: 'setup' };
    case 'up': {
      const hosts = whole('hosts', values.hosts ?? '3');
      return {
        kind: 'up',
        lab,
        hosts,
        guests: whole('guests', values.guests ?? '0'),
        guest: guestWords(values),
      };
    }
    case 'status':
      return { kind: 'status', lab: values.name ?? null };
    case 'down':
      return { kind: 'down', lab: values.all === true ? null : lab };
    case 'exec':
      if (rest.length === 0) throw new UsageError('Say what to run: lab exec compute11 -- virsh list');
      return { kind: 'exec', lab, place: first, argv: rest };
    case 'power':
      return { kind: 'power', lab, on: oneOf('power', first, ['on', 'off']) === 'on', host: second };
    case 'guest create': {
      const { host = 'compute11', off = false } = values;
      return { kind: 'guest-create', lab, name: first, host, off, guest: guestWords(values) };
    }
    default:
      return { kind: 'guest-stat', lab, name: first };
  }
}

function split(argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function wordsOf(verb: string, words: readonly string[]): readonly string[] {
  const wanted = { exec: ['HOST or ctl'], power: ['on or off', 'HOST'] }[verb] ?? [];
  const names = verb.startsWith('guest ') ? ['NAME'] : wanted;
  if (words.length < names.length) throw new UsageError(`"${verb}" needs ${names.join(', then ')}.`);
  if (words.length > names.length) throw new UsageError(`"${verb}" does not take "${words[names.length]}".`);
  return words;
}

function guestWords(values: Values): GuestWords {
  const disk = oneOf('--disk', values.disk ?? 'overlay', ['overlay', 'standalone', 'raw']);
  const words: Writable<GuestWords> = { memoryMib: whole('memory', values.memory ?? '128'), disk };
  if (values.storage !== undefined) words.storage = oneOf('--storage', values.storage, ['local', 'shared']);
  if (values.dirty === undefined) return words;
  const [mib = '', mibPerSecond = ''] = values.dirty.split(':');
  return { ...words, dirty: { mib: whole('dirty', mib), mibPerSecond: whole('dirty', mibPerSecond) } };
}

function whole(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    const shape = name === 'dirty' ? 'MIB:RATE, two whole numbers' : 'a whole number';
    throw new UsageError(`--${name} is ${shape}, not "${text}".`);
  }
  return Number(text);
}

function oneOf<const T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new UsageError(`${name} is ${known.join(' or ')}, not "${text}".`);
  return found;
}
