import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recipeOf, type Release, until } from '@ferry/lab';

/** A machine of a release of Debian on which nothing of Ferry is, without systemd: its files over a root of the lab. */
export class InstalledRoot implements Disposable {
  readonly path: string;
  readonly #folder: string;

  constructor(release: Release) {
    this.#folder = mkdtempSync(join(tmpdir(), `ferry-root-${release}-`));
    this.path = join(this.#folder, 'root');
    const [upper, work] = ['upper', 'work'].map((name) => join(this.#folder, 'over', name)) as [
      string,
      string,
    ];
    mkdirSync(this.path);
    mkdirSync(join(this.#folder, 'over'));
    // Overlay files on a memory file system of their own: below another overlay there can be none.
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(this.#folder, 'over')]);
    for (const folder of [upper, work]) mkdirSync(folder);
    const options = `lowerdir=${recipeOf(release).rootDirectory},upperdir=${upper},workdir=${work}`;
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'none', this.path]);
    execFileSync('mount', ['-t', 'proc', 'none', join(this.path, 'proc')]);
    execFileSync('mount', ['--bind', '/dev', join(this.path, 'dev')]);
  }

  /** Runs a command there, as root. */
  run(...words: string[]): { code: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync('chroot', [this.path, ...words], {
      encoding: 'utf8',
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        LC_ALL: 'C.UTF-8',
        DEBIAN_FRONTEND: 'noninteractive',
      },
    });
    return { code: status, out: `${stdout}${stderr}` };
  }

  /** Starts the controller as the unit does, in a network of its own; gives what ends it. */
  async serve(): Promise<() => Promise<number | null>> {
    const command =
      'ip link set lo up && exec setpriv --reuid ferry --regid ferry --clear-groups ferry serve --config /etc/ferry/ferry.yaml';
    const child = spawn('unshare', ['--net', 'chroot', this.path, 'sh', '-c', command], {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/var/lib/ferry',
        NODE_COMPILE_CACHE: '/var/cache/ferry',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => (said += part.toString('utf8')));
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    await until('the controller serves', 120_000, () => {
      if (child.exitCode !== null) throw new Error(said);
      return said.includes('ferry serves at') ? true : null;
    });
    return () => {
      child.kill('SIGTERM');
      return ended;
    };
  }

  [Symbol.dispose](): void {
    for (const mounted of [
      join(this.path, 'dev'),
      join(this.path, 'proc'),
      this.path,
      join(this.#folder, 'over'),
    ])
      execFileSync('umount', [mounted]);
    rmSync(this.#folder, { recursive: true });
  }
}
