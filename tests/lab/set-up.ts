import { ensurePrerequisites, releases } from '@ferry/lab';

/** Before any test on real hosts: what they need is there, or a clear word why they cannot run. */
export default async function setUp(): Promise<void> {
  await ensurePrerequisites((line) => process.stdout.write(`${line}\n`), releases);
}
