import { join } from 'node:path';

/**
 * The command that tests start: in a run of rings the bundle, which starts in half of the processor's time and is what the
 * packages have; alone the sources.
 */
export const ferryCommand: string =
  process.env['FERRY_TEST_COMMAND'] ?? join(import.meta.dirname, '../packages/cli/bin/ferry');
