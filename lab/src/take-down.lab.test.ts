import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Lab } from './lab.ts';
import { type ProcessMark, processIsAlive, processStart, until } from './processes.ts';
import { takeDown } from './take-down.ts';

const name = 'leftovers';
const command = join(import.meta.dirname, '../bin/lab');
afterEach(() => takeDown(name));

/** Looks itself, by other means than the lab does. */
function leftOnTheMachine(): string[] {
  return [
    ...readdirSync('/run/netns').filter((entry) => entry.startsWith(`ferry-${name}-`)),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`/ferry-lab/${name}`) || line.includes(`ferry-${name}-`)),
    ...readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && words(pid).includes(`/${name}/hosts/`)),
    ...(existsSync(`/var/lib/ferry-lab/${name}`) ? ['files'] : []),
  ];
}

function words(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function processesOf(lab: Lab): Promise<ProcessMark[]> {
  const pids = (await Promise.all(lab.hosts.map((host) => host.processes()))).flat();
  return pids.map((pid) => ({ pid, start: processStart(pid) ?? 'gone' }));
}

test('down leaves no process, mount, namespace or file, with a guest and a controller running', async () => {
  const lab = await Lab.up({ name, hosts: 2 });
  await lab.createGuest({ name: 'one', host: lab.host('compute11') });
  const controller = lab.ctl.spawn(['sleep', '1000'], { detached: true, stdio: 'ignore' });
  const ended = once(controller, 'exit');
  const processes = await processesOf(lab);
  expect(processes.length).toBeGreaterThan(4);
  await lab.down();
  await ended;
  expect(processes.filter(processIsAlive)).toEqual([]);
  expect(leftOnTheMachine()).toEqual([]);
});

test('down works after a host was killed, with a guest on it', async () => {
  const lab = await Lab.up({ name, hosts: 2 });
  const [host] = lab.hosts;
  await lab.createGuest({ name: 'one', host: lab.host('compute11') });
  const processes = await processesOf(lab);
  process.kill(host?.pid ?? 0, 'SIGKILL');
  await lab.down();
  expect(processes.filter(processIsAlive)).toEqual([]);
  expect(leftOnTheMachine()).toEqual([]);
});

// Delays choose what is under way, not whether the test passes.
test.each([120, 200, 280, 360, 440, 520, 600, 700, 850, 1000])(
  'down works after `lab up` was killed %i ms on its way',
  async (delayMs) => {
    const up = spawn(command, ['up', '--name', name, '--hosts', '3', '--guests', '1'], { stdio: 'ignore' });
    await new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    });
    up.kill('SIGKILL');
    await once(up, 'exit');
    const down = spawn(command, ['down', '--name', name], { stdio: 'ignore' });
    expect(await once(down, 'exit')).toEqual([0, null]);
    expect(leftOnTheMachine()).toEqual([]);
  },
);

test('a lab whose bring-up was killed is brought up as if it had never been', async () => {
  const up = spawn(command, ['up', '--name', name, '--hosts', '3'], { stdio: 'ignore' });
  await until('half of it is there', 20_000, () => existsSync(`/run/netns/ferry-${name}-compute12`) || null);
  up.kill('SIGKILL');
  await once(up, 'exit');
  expect(() => Lab.attach(name)).toThrow('did not come up whole');
  const lab = await Lab.up({ name, hosts: 3 });
  for (const host of lab.hosts) expect(host.pid).not.toBeNull();
});

test('taking one lab down leaves another of the same addresses alone', async () => {
  const [one, other] = [await Lab.up({ name, hosts: 1 }), await Lab.up({ name: 'leftoversx', hosts: 1 })];
  try {
    expect(one.hosts[0]?.address).toBe(other.hosts[0]?.address);
    await one.down();
    expect(await other.host('compute11').virsh('hostname')).toContain('compute11');
  } finally {
    await other.down();
  }
});
