import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabGuest, takeDown, until } from '@ferry/lab';
import { FerryClient } from '@ferry/api';
import { showPage } from './show-page.ts';
import type { Stage } from './stage.ts';

const name = 'demo';
/** Where the dashboard is while the demo is kept up. */
const pagePort = 8781;
const ferry = join(import.meta.dirname, '../../packages/cli/bin/ferry');

/** Three real libvirtd and QEMU hosts, and a controller in their network. */
export async function realStage(): Promise<Stage> {
  await takeDown(name);
  const start = performance.now();
  const lab = await Lab.up({ name, hosts: 3, say: (line) => process.stdout.write(`${line}\n`) });
  process.stdout.write(
    `${lab.hosts.map((host) => host.name).join(', ')} are up after ${((performance.now() - start) / 1000).toFixed(1)} s\n`,
  );
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ferry-demo-'));
  const serve = lab.spawnInCtl(
    [ferry, 'serve', '--data-dir', dataDirectory, '--listen', 'none', '--log-level', 'warn'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await until('ferry serve answers', 20_000, () => answers(dataDirectory));
  const guests = new Map<string, LabGuest>();
  const find = (guest: string): LabGuest => {
    const found = guests.get(guest);
    if (found === undefined) throw new Error(`no guest ${guest}`);
    return found;
  };
  return {
    hostUris: lab.hosts.map((host) => host.uri),
    dataDirectory,
    hint: () =>
      `Kept up: the dashboard at ${showPage(join(dataDirectory, 'ferry.sock'), pagePort)} (user admin, password ${readFileSync(join(dataDirectory, 'admin.password'), 'utf8').trim()}); lab/bin/lab status; FERRY_DATA=${dataDirectory} packages/cli/bin/ferry instance list; lab/bin/lab down --name ${name}`,
    makeGuest: async (guest, host, storage) => {
      const made = await lab.createGuest({
        name: guest,
        host: lab.host(host),
        storage,
        dirty: { mib: 24, mibPerSecond: 20 },
      });
      guests.set(guest, made);
      await made.waitAlive();
    },
    putStrayFile: async (guest, host) => {
      await lab.host(host).execOk(['touch', find(guest).diskPath]);
    },
    removeStrayFile: async (guest, host) => {
      await lab.host(host).execOk(['rm', find(guest).diskPath]);
    },
    lifeSign: async (guest) => {
      const answer = await find(guest).waitAlive();
      const [runner = ''] = await lab.runners(guest);
      const log = await lab.host(runner).execOk(['tail', '-n', '1', `/var/log/guests/${guest}.log`]);
      return `${guest} on ${runner}: "${log.trim()}" on its console, boot id ${answer.id}, up ${Math.round(answer.uptimeMs / 1000)} s, ${answer.bad} damaged pages`;
    },
    down: async () => {
      const gone = new Promise((resolve) => {
        serve.once('exit', resolve);
      });
      serve.kill('SIGTERM');
      await gone;
      rmSync(dataDirectory, { recursive: true, force: true });
      await lab.down();
    },
  };
}

async function answers(dataDirectory: string): Promise<true | null> {
  const token = join(dataDirectory, 'admin.token');
  if (!existsSync(token) || !existsSync(join(dataDirectory, 'ferry.sock'))) return null;
  const client = new FerryClient({
    url: `unix:${join(dataDirectory, 'ferry.sock')}`,
    token: readFileSync(token, 'utf8').trim(),
  });
  return client.health().then(
    () => true as const,
    () => null,
  );
}
