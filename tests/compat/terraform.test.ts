import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tinyImage } from '../sim/server-world.ts';
import { cloud } from './cloud.ts';
import { FerryServer } from './ferry-server.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'gophercloud');
const page = readFileSync(join(import.meta.dirname, '../../docs/nova-compatibility.md'), 'utf8');

/** What the page says of it: resources in the row of what works, and in the rows of what is refused. */
function listed(which: 'works' | 'refused'): string[] {
  const [, section = ''] = page.split('\n## Terraform\n');
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const wanted = rows.filter((row) => row.includes('| works |') === (which === 'works'));
  return wanted
    .flatMap((row) => (row.split(' | ')[0] ?? '').match(/`[^`]+`/g) ?? [])
    .map((name) => name.slice(1, -1));
}

/** The name of a resource at the beginning of a line of the program: words in brackets say which of it. */
function resourceOf(line: string): string {
  return /^([^:]+?)(?::|$)/.exec(line)?.[1] ?? line;
}

/** Debian's libraries are found by their place alone, and nothing is fetched. */
const withoutModules = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOPROXY: 'off' };

test("what resources of Terraform's provider do works, by its own library, but what the page names", async () => {
  if (!existsSync('/usr/bin/go'))
    throw new Error('Go compiles what asks for the resources, and is not there: make compat-setup');
  const home = mkdtempSync(join(tmpdir(), 'ferry-terraform-'));
  try {
    const binary = join(home, 'resources');
    const env = { PATH: '/usr/bin:/bin', HOME: home, ...withoutModules };
    await run('/usr/bin/go', ['build', '-o', binary, '.'], { cwd: program, env });
    await using server = await FerryServer.start();
    const { images } = await cloud(server);
    await server.stage.guest({ name: 'web', host: 'compute11' });
    const file = join(home, 'image.qcow2');
    writeFileSync(file, tinyImage());
    const asked = server.environment({
      FERRY_IMAGE: images[0],
      FERRY_IMAGE_FILE: file,
      OS_DOMAIN_NAME: 'Default',
    });
    const { stdout } = await run(binary, { env: asked });
    const lines = stdout.trim().split('\n');
    const ended = (how: string): string[] =>
      lines
        .filter((line) => line.startsWith(`${how} `))
        .map((line) => resourceOf(line.slice(how.length + 1)));
    expect(lines.filter((line) => !/^(?:ok|refused) /.test(line))).toEqual([]);
    expect(new Set(['provider', ...listed('works')])).toEqual(new Set(ended('ok')));
    expect(new Set(listed('refused'))).toEqual(new Set(ended('refused')));
  } finally {
    rmSync(home, { recursive: true });
  }
}, 300_000);
