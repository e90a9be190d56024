import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost, takeDown } from '@ferry/lab';
import { SshAccess } from './ssh-access.ts';

/** Two hosts that get into each other by ssh, and the controller's place that gets into both. */
export interface ColdCopyWorld {
  readonly lab: Lab;
  readonly access: SshAccess;
  readonly source: LabHost;
  readonly target: LabHost;
  down(): Promise<void>;
}

/** Brings it up. */
export async function coldCopyWorld(): Promise<ColdCopyWorld> {
  await takeDown('benchcopy');
  const lab = await Lab.up({ name: 'benchcopy', hosts: 2 });
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bench-copy-'));
  const access = new SshAccess(folder);
  for (const host of lab.hosts) await access.letInto(host);
  const [source, target] = lab.hosts;
  if (source === undefined || target === undefined) throw new Error('two hosts are needed');
  // scp and rsync run on the source, with the same key.
  access.letOut(source);
  return {
    lab,
    access,
    source,
    target,
    down: async () => {
      await lab.down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
