import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloud } from './cloud.ts';
import { FerryServer } from './ferry-server.ts';
import { namedDifferences, unnamed } from './named-differences.ts';
import { runSuite } from './tempest.ts';

const document = join(import.meta.dirname, '../../docs/conformance.md');

test('of the conformance suite nothing fails but what is documented with its reason, and what is documented fails', async () => {
  await using server = await FerryServer.start();
  const results = await runSuite(
    await cloud(server),
    String.raw`tempest\.api\.(compute|identity|image|volume)`,
    2,
  );
  const count = (end: string): number => results.filter((one) => one.end === end).length;
  console.log(`${count('ok')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  const named = namedDifferences(readFileSync(document, 'utf8'));
  expect(unnamed(results, named)).toEqual({ failedWithoutReason: [], passesByNow: [] });
}, 1_200_000);
