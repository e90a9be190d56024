import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from '../median.ts';
import { bareWorld, serveAsTheUnit } from './bare-world.ts';
import { documentCommands, typedCommands } from './document-commands.ts';

/**
 * From a package and two bare hosts to a finished live move over TLS, by the commands of docs/install.md as they stand
 * there, and how long each takes. `RUNS`: how often, each with new hosts.
 */
const runs = Number(process.env['RUNS'] ?? 3);
const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/install.md');
const marks = { begin: '<!-- bench-first-move begins -->', end: '<!-- bench-first-move ends -->' };

const text = readFileSync(page, 'utf8');
const typed = typedCommands(documentCommands(text, 'From nothing to a first migration'), [
  'compute1',
  'compute2',
]);
const folder = mkdtempSync(join(tmpdir(), 'ferry-first-move-'));
const times = new Map<string, number[]>(typed.map((command) => [command, []]));
const loads: number[] = [];
try {
  const words = [join(root, 'tools/package/main.ts'), '--fast', '--folder', folder, '--version', '0.1.0'];
  const packageFile = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
  for (let run = 0; run < runs; run += 1) await once(packageFile);
} finally {
  rmSync(folder, { recursive: true });
}
const [before, rest] = text.split(marks.begin);
const after = rest?.split(marks.end)[1];
if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
writeFileSync(page, `${before}${marks.begin}\n${table()}\n${marks.end}${after}`);

async function once(packageFile: string): Promise<void> {
  const packageName = (typed[0] ?? '').split(' ').at(-1) ?? '';
  const world = await bareWorld(packageFile, packageName);
  const { lab, machine, hosts } = world;
  loads.push(loadavg()[0] ?? 0);
  const env = { SSH_ASKPASS: '/usr/local/bin/answer', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  try {
    for (const command of typed) {
      // `ferry init` asks at a terminal, and takes what it would propose elsewhere.
      const start = performance.now();
      const { code, stdout, stderr } = await machine.exec(
        ['env', ...settings, 'sh', '-c', `cd /root && ${command}`],
        { timeoutMs: 300_000 },
      );
      // The doctor tells of what is odd about machines of a lab, too; 4 is its word for that.
      if (code !== 0 && !(command === 'ferry doctor' && code === 4))
        throw new Error(`${command}: exit code ${code}\n${stdout}${stderr}`);
      if (command.startsWith('ferry init')) await serveAsTheUnit(world);
      const took = performance.now() - start;
      times.get(command)?.push(took);
      process.stdout.write(`${(took / 1000).toFixed(2).padStart(7)} s  ${command}\n`);
      // Guests of the lab boot from files that all hosts have there.
      if (command.startsWith('ferry host add'))
        await machine.execOk([
          'ferry',
          'host',
          'set',
          command.includes('compute1') ? 'compute1' : 'compute2',
          '--allow-directory',
          '/lab',
          '--allow-directory',
          '/var/log/guests',
        ]);
    }
    const there = await hosts[1]?.host.virsh('list', '--name');
    if (there?.includes('web') !== true) throw new Error('the guest is not where it should be');
    const listed = await machine.execOk(['ferry', 'migration', 'list', '-o', 'json']);
    const [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(listed) ?? [];
    const shown = await machine.execOk(['ferry', 'migration', 'show', id]);
    if (!/on the way +memory and disks go encrypted/.test(shown)) throw new Error(`not by TLS: ${shown}`);
  } finally {
    await lab.down();
  }
}

function table(): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const rows = typed.map((command) => `| \`${command}\` | ${middle(command).toFixed(1)} s |`);
  const all = Array.from({ length: runs }, (_, run) =>
    typed.reduce((sum, command) => sum + (times.get(command)?.[run] ?? 0), 0),
  );
  return [
    `Typed by a script (\`make bench-first-move\`) all of it took **${(median(all) / 1000).toFixed(0)} s**: ${new Date().toISOString().slice(0, 10)}, ${machine}, which has the hosts of the lab (Debian 13, under software emulation) and the controller on it; median of ${runs}, load average at most ${Math.max(...loads).toFixed(1)} when a run began. Beyond the commands the script does two things: it starts the controller as its unit does (machines of the lab have no systemd), and lets guests have files where those of the lab boot from.`,
    '',
    '| command | took |',
    '|---|---|',
    ...rows,
  ].join('\n');
}

/** Seconds. */
function middle(command: string): number {
  return median(times.get(command) ?? []) / 1000;
}
