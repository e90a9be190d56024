import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { Lab, takeDown, until } from '@ferry/lab';
import { installFerry } from './installed-ferry.ts';

/** Real hosts and a real `ferry serve`, bundled as it is installed, for measurements. */
export interface BenchWorld {
  readonly lab: Lab;
  readonly client: FerryClient;
  readonly serve: ChildProcess;
  /** Runs `ferry` as a person would; gives milliseconds; throws when it fails. */
  ferry(...words: string[]): Promise<number>;
  down(): Promise<void>;
}

/** Brings up hosts, two unless said, and a controller that knows them. */
export async function benchWorld(hosts = 2): Promise<BenchWorld> {
  await takeDown('bench');
  const lab = await Lab.up({ name: 'bench', hosts, say: (line) => process.stderr.write(`${line}\n`) });
  const data = mkdtempSync(join(tmpdir(), 'ferry-bench-'));
  const ferry = installFerry();
  const serve = lab.spawnInCtl(
    [...ferry.argv, 'serve', '--data-dir', data, '--listen', 'none', '--log-level', 'warn'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const socket = join(data, 'ferry.sock');
  const client = await until('ferry serve answers', 20_000, async () => {
    if (!existsSync(socket)) return null;
    const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
    const one = new FerryClient({ url: `unix:${socket}`, token });
    return one.health().then(
      () => one,
      () => null,
    );
  });
  for (const { uri } of lab.hosts) {
    const { host } = await client.addHost({ uri });
    await client.setHost(host.name, { allowedDirectories: ['/lab', '/var/lib/libvirt', '/var/log/guests'] });
  }
  return {
    lab,
    client,
    serve,
    ferry: (...words) => timed([...ferry.argv, ...words], { ...process.env, FERRY_DATA: data }),
    down: async () => {
      serve.kill('SIGKILL');
      for (const folder of [data, ferry.folder])
        rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      await lab.down();
    },
  };
}

function timed(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...rest] = argv;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString('utf8');
    });
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${rest.join(' ')}: exit ${code}: ${stderr}`));
    });
  });
}
