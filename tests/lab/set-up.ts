import { ensurePrerequisites, type Release, releases } from '@ferry/lab';

/**
 * Before any test on real hosts: what they need is there, or a clear word why they cannot run. Roots of other releases
 * are made for the runs that name them (tools/test-run); a lab makes what it lacks itself.
 */
export default async function setUp(): Promise<void> {
  const wanted = new Set((process.env['FERRY_TEST_RELEASES'] ?? '').split(','));
  const others: Release[] = releases.filter((release) => wanted.has(release));
  await ensurePrerequisites((line) => process.stdout.write(`${line}\n`), others);
}
