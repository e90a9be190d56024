import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabWorld } from './lab-world.ts';
import type { Lie } from './lie.ts';
import { disk, makeImage, putTiny } from './tiny-domain.ts';

const ownPort = 46_509;

/** compute11 and compute12 are honest; between the controller and compute13, which it calls `liar`, stands somebody who lies. */
export class LiarWorld {
  readonly lab: LabWorld;
  readonly #folder: string;

  private constructor(lab: LabWorld, folder: string) {
    this.lab = lab;
    this.#folder = folder;
  }

  static async up(name: string): Promise<LiarWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'ferry-liar-'));
    const lab = await LabWorld.up(name, 3, { addHosts: false });
    await lab.ferry.stop();
    await lab.ferry.start('--copy-stall-timeout', '2');
    const world = new LiarWorld(lab, folder);
    const evil = lab.host('compute13');
    const [address = '', port = '16509'] = new URL(evil.uri).host.split(':');
    const program = join(import.meta.dirname, 'lying-proxy.ts');
    const proxy = lab.lab.spawnInCtl(
      [process.execPath, program, address, port, String(ownPort), world.#lie],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (proxy.stdout !== null) await once(proxy.stdout, 'data');
    const uri = `qemu+tcp://127.0.0.1:${ownPort}/system`;
    lab.ferry.allow([uri]);
    for (const honest of ['compute11', 'compute12']) await lab.addHost({ uri: lab.host(honest).uri });
    await putTiny(evil, { name: 'evil', devices: disk(await makeImage(evil, 'evil.qcow2')) }, 'start');
    await lab.client.addHost({ uri, name: 'liar', peerUri: evil.uri });
    const here = lab.host('compute11');
    await putTiny(here, { name: 'web', devices: disk(await makeImage(here, 'web.qcow2')) });
    await lab.client.adoptInstance({ host: 'compute11', domain: 'web' });
    return world;
  }

  async down(): Promise<void> {
    await this.lab.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #lie(): string {
    return join(this.#folder, 'lie');
  }

  /** From now on the host lies so. */
  lies(lie: Lie): void {
    // It is read at any moment: never half.
    writeFileSync(`${this.#lie}.new`, JSON.stringify(lie));
    renameSync(`${this.#lie}.new`, this.#lie);
  }

  /** From now on it says the truth. */
  saysTheTruth(): void {
    rmSync(this.#lie, { force: true });
  }

  /** So much memory the controller has had at most, bytes. */
  peakMemory(): number {
    const serve = `serve --data-dir ${this.lab.ferry.dataDirectory}`;
    const peaks = execFileSync('pgrep', ['-f', serve], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((pid) => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0');
    return Math.max(...peaks.map(Number)) * 1024;
  }
}
