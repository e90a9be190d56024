import { until } from '@ferry/lab';
import { ErrorNumber, LibvirtError } from '@ferry/libvirt';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { compare } from './compare.ts';
import { isAmong } from './is-among.ts';
import type { PythonAnswer } from './python-libvirt.ts';
import type { World } from './world.ts';

/** Far longer than any effect takes. */
const effectDeadlineMs = 10_000;

type Outcome = { readonly value: unknown } | { readonly refused: number };

/** Runs a case in a world, and holds what came of it against python; gives the case once it is proven. */
export async function prove(world: World, one: Case): Promise<Case> {
  for (const expression of one.arrange) await world.python.keep('arranged', expression);
  const before = one.effect === null ? await askPython(world, one) : null;
  const ours = await outcomeOf(world, one);
  if ('refused' in ours) await proveRefusal(world, one, ours.refused, before);
  else {
    expect(isAmong(world, one.refused), 'done where a refusal was expected').toBe(false);
    if (one.effect === null) await proveAnswer(world, one, ours.value, before);
    else await proveEffect(world, one.effect);
  }
  return one;
}

async function outcomeOf(world: World, one: Case): Promise<Outcome> {
  try {
    return { value: await one.ask(world) };
  } catch (error) {
    if (error instanceof LibvirtError) return { refused: error.code };
    throw error;
  }
}

async function proveRefusal(
  world: World,
  one: Case,
  code: number,
  before: PythonAnswer | null,
): Promise<void> {
  if (one.python !== null) expect(refusalOf(before ?? (await askPython(world, one)))).toBe(code);
  expect(isAmong(world, one.refused), `refused with ${code}`).toBe(true);
}

async function proveAnswer(
  world: World,
  one: Case,
  ours: unknown,
  before: PythonAnswer | null,
): Promise<void> {
  const after = await askPython(world, one);
  if (before === null || !('value' in before && 'value' in after)) {
    throw new Error(`python does not answer: ${JSON.stringify(before)}`);
  }
  const sorted = one.unordered ? inOrder : (value: unknown): unknown => value;
  compare(sorted(ours), sorted(before.value), sorted(after.value), one.drifts);
}

/** Some calls return before what they began is done. */
async function proveEffect(world: World, { python, is }: NonNullable<Case['effect']>): Promise<void> {
  let last: unknown = 'no answer';
  const look = async (): Promise<true | null> => {
    const answer = await world.python.ask(python);
    last = 'value' in answer ? answer.value : answer;
    return JSON.stringify(last) === JSON.stringify(is) ? true : null;
  };
  await until(`${python} to come to be`, effectDeadlineMs, look).catch((cause: unknown) =>
    expect({ is: last, cause }).toEqual({ is, cause }),
  );
}

async function askPython(world: World, one: Case): Promise<PythonAnswer> {
  if (one.python === null) throw new Error(`${one.name}: the binding does not have it`);
  return world.python.ask(one.python);
}

/** What the daemon says of a procedure that it does not have, where the binding does not have it either. */
function refusalOf(answer: PythonAnswer): number | null {
  if ('missing' in answer) return ErrorNumber.RPC;
  return 'refused' in answer ? answer.refused : null;
}

function inOrder(value: unknown): unknown {
  return Array.isArray(value) ? value.map((one) => JSON.stringify(one)).toSorted() : value;
}
