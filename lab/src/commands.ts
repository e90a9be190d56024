import type { Command, GuestWords } from './command-line.ts';
import type { GuestOptions } from './create-guest.ts';
import { help } from './help.ts';
import { Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import type { LabGuest } from './lab-guest.ts';
import type { LabHost } from './lab-host.ts';
import { labNames } from './lab-paths.ts';
import { ensurePrerequisites, requireRoot } from './prerequisites.ts';
import { remainsOf, takeDown } from './take-down.ts';

const say = (line: string): void => console.log(line);

/** Does what the command line asks; gives the exit code. */
export async function runCommand(command: Command): Promise<number> {
  if (command.kind !== 'help') requireRoot();
  switch (command.kind) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'setup':
      await ensurePrerequisites(say);
      say('the lab can be brought up: lab up');
      return 0;
    case 'up':
      return up(command);
    case 'status':
      return status(command.lab);
    case 'down':
      return down(command.lab);
    case 'exec':
      return exec(command);
    case 'power':
      return power(command);
    case 'guest-create':
      return guestCreate(command);
    case 'guest-stat':
    default:
      return guestStat(command);
  }
}

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

async function power(command: CommandOf<'power'>): Promise<number> {
  const host = Lab.attach(command.lab).host(command.host);
  await (command.on ? host.powerOn() : host.powerOff());
  say(`${host.name} is ${command.on ? 'on' : 'off'}`);
  return 0;
}

async function guestCreate(command: CommandOf<'guest-create'>): Promise<number> {
  const lab = Lab.attach(command.lab);
  const host = lab.host(command.host);
  const { name, off, guest: words } = command;
  const [guest] = await lab.createGuests([{ ...words, name, host, off }]);
  if (guest !== undefined) say(await guestLine(lab, guest));
  return 0;
}

async function guestStat(command: CommandOf<'guest-stat'>): Promise<number> {
  const answer = await Lab.attach(command.lab).guest(command.name).stat();
  if (answer === null) throw new LabError(`${command.name} does not answer: see \`lab status\`.`);
  say(JSON.stringify(answer, null, 2));
  return 0;
}

async function up(command: CommandOf<'up'>): Promise<number> {
  const start = performance.now();
  const lab = await Lab.up({ name: command.lab, hosts: command.hosts, say });
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  say(`lab ${lab.name}: ${lab.hosts.length} hosts up after ${seconds()}`);
  const wanted = wantedGuests(lab.hosts, command.guests, command.guest);
  if (wanted.length > 0) {
    await lab.createGuests(wanted);
    say(`lab ${lab.name}: ${wanted.length} guests answer after ${seconds()}`);
  }
  return status(lab.name);
}

/** guest1, guest2 and so on, dealt out over the hosts; by turns on local and shared disks when none was asked for. */
function wantedGuests(hosts: readonly LabHost[], count: number, words: GuestWords): GuestOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    ...words,
    name: `guest${index + 1}`,
    host: hosts[index % hosts.length] as LabHost,
    storage: words.storage ?? (index % 2 === 0 ? 'local' : 'shared'),
  }));
}

async function status(name: string | null): Promise<number> {
  const names = name === null ? labNames() : [name];
  if (names.length === 0) say('no lab: bring one up with `lab up`');
  for (const one of names) {
    say(`lab ${one}`);
    try {
      const lab = Lab.attach(one);
      for (const host of lab.hosts) say(await hostLine(host));
      for (const guest of lab.guests()) say(await guestLine(lab, guest));
    } catch (error) {
      if (name !== null || !(error instanceof LabError)) throw error;
      say(`  ${error.message}`);
    }
  }
  return 0;
}

async function hostLine(host: LabHost): Promise<string> {
  const daemon = async (): Promise<string> => {
    if ((await host.libvirtd.pid()) === null) return 'on, without libvirtd';
    return (await host.libvirtd.isFrozen()) ? 'on, libvirtd frozen' : 'on';
  };
  const state = host.pid === null ? 'off' : await daemon();
  return `  host   ${host.name.padEnd(12)} ${state.padEnd(22)} ${host.uri}  ${host.socketPath}`;
}

async function guestLine(lab: Lab, guest: LabGuest): Promise<string> {
  const runners = await lab.runStates(guest.name);
  const where = runners.map(({ host, state }) => `${state ?? 'unknown'} on ${host}`).join(' and ') || 'off';
  const answer = runners.length === 0 ? null : await guest.stat();
  const alive =
    answer === null
      ? 'no answer'
      : `id ${answer.id}, up ${Math.round(answer.uptimeMs / 1000)} s, bad ${answer.bad}`;
  return `  guest  ${guest.name.padEnd(12)} ${where.padEnd(22)} ${guest.address}  ${alive}`;
}

async function down(name: string | null): Promise<number> {
  const names = name === null ? labNames() : [name];
  for (const one of names) {
    const start = performance.now();
    // A lab that is being brought up by another process is taken down too: no lock is asked for.
    await takeDown(one);
    const remains = remainsOf(one);
    if (remains.length > 0) throw new LabError(`lab ${one} is not gone: ${remains.join(', ')}`);
    say(`lab ${one} is down after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  if (names.length === 0) say('no lab: nothing to take down');
  return 0;
}

function exec(command: CommandOf<'exec'>): Promise<number> {
  const lab = Lab.attach(command.lab);
  const place = command.place === 'ctl' ? lab.ctl : lab.host(command.place);
  const child = place.spawn(command.argv, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
