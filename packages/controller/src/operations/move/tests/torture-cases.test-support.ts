import type { Outputs } from '@ferry/workflow';
import {
  crashEverywhere,
  distinctCases,
  failEachStep,
  repeatEachStep,
  repeatEachUndo,
  type TortureCase,
  type TortureSpec,
} from '@ferry/workflow/testing';

/**
 * Each step fails, is repeated and is cut off, and so is each undo; of those that are the same the first. The gate
 * (`FERRY_GATE=1`) leaves out failures of a later step after a crash, but for that at the pivot.
 */
export async function tortureCases<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
  wanted: (one: TortureCase) => boolean = () => true,
): Promise<readonly TortureCase[]> {
  const all = [
    ...failEachStep(spec),
    ...repeatEachStep(spec),
    ...repeatEachUndo(spec),
    ...crashEverywhere(spec),
  ].filter((one) => wanted(one));
  const inGate = process.env['FERRY_GATE'] === '1';
  const { cases, same, leftOut } = await distinctCases(
    all,
    inGate ? 'one failure after a crash' : 'every failure after a crash',
  );
  const beside = leftOut === 0 ? '' : `, ${leftOut} of them are left to make test-all`;
  console.log(`${all.length} cases, ${all.length - same} of them distinct${beside}`);
  return cases;
}
