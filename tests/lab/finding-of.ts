import type { FindingBody, MoveBody } from '@ferry/api';
import type { LabWorld } from './lab-world.ts';

/** What a check of a live move to compute12 finds of one code; undefined when nothing. */
export async function findingOf(
  world: LabWorld,
  instance: string,
  code: string,
  move: Partial<MoveBody> = {},
): Promise<FindingBody | undefined> {
  const report = await world.client.check(instance, { kind: 'live-migration', host: 'compute12', ...move });
  return report.findings.find((one) => one.code === code);
}
