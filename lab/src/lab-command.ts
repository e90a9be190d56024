import { Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import { labNames } from './lab-paths.ts';
import { ensurePrerequisites, requireRoot } from './prerequisites.ts';
import { remainsOf, takeDown } from './take-down.ts';

/** Words and options of one command line. */
export interface LabWords {
  readonly name: string;
  readonly hosts: string;
  readonly guests: string;
  readonly all: boolean;
  readonly storage: string;
  readonly memory: string;
  readonly positionals: readonly string[];
  readonly rest: readonly string[];
}

const help = `Real libvirt hosts in network namespaces of this machine (needs root).

  lab setup                                what the lab needs: packages, the hosts' Debian root, the guest
  lab up [--hosts N] [--guests M]          bring N hosts up, with M guests on them
  lab status                               hosts, guests and where they run
  lab guest HOST GUEST [--storage local|shared] [--memory MIB]   one more guest
  lab exec HOST|ctl -- COMMAND…            run a command in a host, or in the controller's network
  lab down [--all]                         take it down; nothing stays behind

  --name NAME   which lab; "main" when not given

Examples:
  lab up --hosts 3 --guests 1
  lab exec compute11 -- virsh list --all
  lab exec ctl -- ferry serve
`;

const bootAtOnce = 4;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs one command of the lab; gives the exit code. */
export async function runLabCommand(command: string, words: LabWords): Promise<number> {
  switch (command) {
    case 'help':
      say(help);
      return 0;
    case 'setup':
      await ensurePrerequisites(say);
      return 0;
    case 'up':
      return up(words);
    case 'status':
      return status();
    case 'guest':
      return guest(words);
    case 'exec':
      return exec(words);
    case 'down':
      return down(words);
    default:
      process.stderr.write(`lab: there is no command "${command}"\n\n${help}`);
      return 2;
  }
}

async function up(words: LabWords): Promise<number> {
  const start = performance.now();
  const lab = await Lab.up({ name: words.name, hosts: count(words.hosts, '--hosts'), say });
  say(`${lab.hosts.length} hosts are up after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const wanted = count(words.guests, '--guests');
  for (let first = 0; first < wanted; first += bootAtOnce) {
    const batch = Array.from({ length: Math.min(bootAtOnce, wanted - first) }, (_, index) => first + index);
    await Promise.all(batch.map((index) => bootGuest(lab, index)));
  }
  lab.close();
  return status();
}

async function bootGuest(lab: Lab, index: number): Promise<void> {
  const host = lab.hosts[index % lab.hosts.length];
  if (host === undefined) return;
  const made = await lab.createGuest({
    name: `guest${index + 1}`,
    host,
    storage: index % 2 === 0 ? 'local' : 'shared',
  });
  await made.waitAlive();
}

async function status(): Promise<number> {
  requireRoot();
  const names = labNames();
  if (names.length === 0) say('no lab is up');
  for (const name of names) {
    const remains = await remainsOf(name);
    say(`lab ${name}${remains.length === 0 ? ' (files only)' : ''}`);
    for (const host of attach(name)?.hosts ?? []) {
      const guests =
        host.pid === null ? '' : await host.virsh('list', '--all').catch(() => 'libvirtd does not answer');
      say(`  ${host.name}  ${host.pid === null ? 'off' : 'on'}  ${host.uri}`);
      if (host.pid !== null) say(`    socket ${host.socketPath}`);
      for (const line of guests.split('\n').filter((one) => one.trim() !== '')) say(`    ${line.trim()}`);
    }
  }
  return 0;
}

/** A lab whose bring-up was killed at its start has no record to read. */
function attach(name: string): Lab | null {
  try {
    return Lab.attach(name);
  } catch {
    return null;
  }
}

async function guest(words: LabWords): Promise<number> {
  const [hostName, name] = words.positionals;
  if (hostName === undefined || name === undefined) throw new LabError('`lab guest HOST GUEST` is wanted.');
  if (words.storage !== 'local' && words.storage !== 'shared')
    throw new LabError('--storage is local or shared.');
  const lab = Lab.attach(words.name);
  const made = await lab.createGuest({
    name,
    host: lab.host(hostName),
    storage: words.storage,
    memoryMib: count(words.memory, '--memory'),
  });
  const answer = await made.waitAlive();
  lab.close();
  say(`${name} runs on ${hostName} at ${made.address} (boot id ${answer.id}), disk ${made.diskPath}`);
  return 0;
}

async function exec(words: LabWords): Promise<number> {
  const [where] = words.positionals;
  if (where === undefined || words.rest.length === 0)
    throw new LabError('`lab exec HOST|ctl -- COMMAND…` is wanted.');
  const lab = Lab.attach(words.name);
  if (where === 'ctl') {
    return new Promise((resolve) => {
      lab.spawnInCtl(words.rest, { stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1));
    });
  }
  const { code, stdout, stderr } = await lab.host(where).exec(words.rest, { timeoutMs: 600_000 });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code ?? 1;
}

async function down(words: LabWords): Promise<number> {
  requireRoot();
  const names = words.all ? labNames() : [words.name];
  for (const name of names) {
    await takeDown(name);
    const remains = await remainsOf(name);
    if (remains.length > 0) throw new LabError(`lab ${name} is not gone: ${remains.join(', ')}`);
    say(`lab ${name} is down`);
  }
  return 0;
}

function count(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new LabError(`${option} is a whole number; "${text}" is not.`);
  return value;
}
