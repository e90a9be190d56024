import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildProgram } from '@ferry/cli/program';
import { defect, exitCodes, runProgram } from '@ferry/cli/run-program';
import { Stage } from './world.ts';

const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 2 ** 31);
const path = process.env['FERRY_PATH'];
/** What starts a controller, takes the terminal, follows without end or writes a file. */
const endless = new Set(['ferry serve', 'ferry console', 'ferry init', 'ferry backup', 'ferry restore']);
const endlessOptions = new Set(['--follow', '--wait', '--password-stdin', '--file']);

type Command = ReturnType<typeof buildProgram>;

let stage: Stage;
let said = '';
beforeAll(async () => {
  stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.guest({ name: 'db', directory: '/images', state: 'shutoff' });
  await stage.client().addSecurityGroup({ name: 'g', rules: [] });
});
afterAll(() => stage[Symbol.asyncDispose]());
beforeEach(() => {
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
});
afterEach(() => vi.restoreAllMocks());

/** A command of the program with its whole name. */
interface Leaf {
  readonly words: readonly string[];
  readonly options: readonly { readonly flag: string; readonly takesValue: boolean }[];
  readonly arguments: number;
}

function leavesOf(command: Command, words: readonly string[]): Leaf[] {
  const name = ['ferry', ...words].join(' ');
  if (endless.has(name)) return [];
  if (command.commands.length > 0)
    return command.commands.flatMap((one) => leavesOf(one as Command, [...words, one.name()]));
  const options = command.options
    .filter(({ long }) => long != null && !endlessOptions.has(long))
    .map((option) => ({ flag: option.long ?? '', takesValue: option.required || option.optional }));
  return [{ words, options, arguments: command.registeredArguments.length }];
}

const odd: readonly string[] = [
  ...'|,0,-1,1e999,99999999999999999999,10GiB,50%,04:00,2030-02-31,key=value,=,--,-'.split(','),
  ...'__proto__ constructor ../../etc/passwd /dev/null / a,b,c \u2028 ä🚢 {} [] \0 \u001b[2J'.split(' '),
  '',
  ' ',
  'simulated://compute11/',
  'qemu+ext:///?command=x',
  'a'.repeat(5_000),
];

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('web', 'db', 'compute11', 'compute12', 'g', '1', 'admin', 'ferry'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...odd),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

/** A command line of the commands that there are: right, or nearly. */
function anyCommandLine(leaves: readonly Leaf[]): fc.Arbitrary<string[]> {
  return fc.constantFrom(...leaves).chain(({ words, options, arguments: count }) => {
    const option =
      options.length === 0
        ? fc.constant<string[]>([])
        : fc
            .tuple(fc.constantFrom(...options), value, fc.integer({ min: 0, max: 9 }))
            .map(([{ flag, takesValue }, given, luck]) => (takesValue && luck > 0 ? [flag, given] : [flag]));
    return fc
      .tuple(
        fc.array(value, { minLength: Math.max(0, count - 1), maxLength: count + 1 }),
        fc.array(option, { maxLength: 4 }),
      )
      .map(([given, chosen]) => [...words, ...given, ...chosen.flat()]);
  });
}

async function fuzz(runs: number): Promise<ReadonlyMap<number, number>> {
  const leaves = leavesOf(
    buildProgram(() => undefined),
    [],
  );
  const codes = new Map<number, number>();
  const known = new Set<number>(Object.values(exitCodes));
  vi.stubEnv('FERRY_DATA', stage.dataDirectory);
  await fc.assert(
    fc.asyncProperty(anyCommandLine(leaves), async (words) => {
      said = '';
      const code = await runProgram(['node', 'ferry', ...words]);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      expect(known).toContain(code);
      expect(said).not.toContain(defect);
      // The controller's own failures come as this sentence.
      expect(said).not.toContain('failed inside');
      expect(code === exitCodes.ok || said.trim() !== '').toBe(true);
    }),
    { seed, ...(path === undefined ? {} : { path }), numRuns: runs },
  );
  vi.unstubAllEnvs();
  return codes;
}

test(`whatever is typed is done or refused with a reason and an exit code of its own (FERRY_SEED=${seed})`, async () => {
  const codes = await fuzz(400);
  // Not all of it stops at the options.
  for (const code of [exitCodes.ok, exitCodes.usage, exitCodes.notFound])
    expect(codes.get(code)).toBeGreaterThan(0);
});

test('the same for longer', { tags: ['thorough'] }, async () => {
  const { FERRY_RUNS = 10_000 } = process.env;
  const codes = await fuzz(Number(FERRY_RUNS));
  expect(codes.get(exitCodes.ok)).toBeGreaterThan(0);
});
