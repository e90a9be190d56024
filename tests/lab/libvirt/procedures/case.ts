import type { ArgsOf, ProcedureName, ResultOf } from '@ferry/libvirt';
import { plain } from './plain.ts';
import { refusals } from './refusals.ts';
import type { World, WorldName } from './world.ts';

/** A driver of both releases, or of one. */
export type Where = World['driver'] | WorldName;
export type Printed = string | readonly string[];

/** How one procedure is asked, by us and by others. */
export interface Case {
  readonly name: ProcedureName;
  /** Our answer in plain form, in the shape that python gives it. */
  readonly ask: (world: World) => Promise<unknown>;
  /** The same call as an expression of python, with the names of a world; null where the binding does not have it. */
  readonly python: string | null;
  /** A command of virsh, and what it prints according to our answer: all of it, or some of its lines. */
  readonly virsh: { readonly command: string; readonly prints: (world: World) => Promise<Printed> } | null;
  /** Of a call that changes something: an expression of python, and what it comes to once the call has taken effect. */
  readonly effect: { readonly python: string; readonly is: unknown } | null;
  /** What python does before. */
  readonly arrange: readonly string[];
  readonly drifts: boolean;
  readonly unordered: boolean;
  readonly refused: readonly Where[];
  readonly not: readonly Where[];
}

/** What every case may say beside the call. */
interface Conditions {
  /** What python does before the call. */
  readonly arrange?: readonly string[];
  /** Drivers that refuse the call, where that is not what `refusals` says; all others must do it. */
  readonly refused?: readonly Where[];
  /** Drivers that are not asked, for a reason that stands beside the case. */
  readonly not?: readonly Where[];
}

/** What a case of a call that looks may say. */
interface ReadOptions<R> extends Conditions {
  /** Our result as python shapes it; its one field when not given. */
  readonly as?: (result: R, world: World) => unknown;
  readonly virsh?: readonly [command: string, prints: (result: R, world: World) => Printed];
  /** A number that goes up and down by itself, such as free memory. */
  readonly drifts?: boolean;
  /** A list whose order means nothing. */
  readonly unordered?: boolean;
}

type ArgsFrom<N extends ProcedureName> = (world: World) => ArgsOf<N> | Promise<ArgsOf<N>>;

/** A case of a procedure that only looks: we must see what python and virsh do. */
export function read<N extends ProcedureName>(
  name: N,
  args: ArgsFrom<N>,
  python: string,
  options: ReadOptions<ResultOf<N>> = {},
): Case {
  const { as = onlyField, virsh, drifts = false, unordered = false } = options;
  const call = async (world: World): Promise<ResultOf<N>> => world.connection.call(name, await args(world));
  return {
    ...conditionsOf(name, options),
    ask: async (world) => plain(as(await call(world), world)),
    python,
    virsh:
      virsh === undefined
        ? null
        : { command: virsh[0], prints: async (world) => virsh[1](await call(world), world) },
    effect: null,
    drifts,
    unordered,
  };
}

/**
 * A case of a procedure that changes something: `effect` is what python must come to see after it. Where a driver
 * refuses, python's own call must be refused alike.
 */
export function write<N extends ProcedureName>(
  name: N,
  args: ArgsFrom<N>,
  python: string | null,
  effect: readonly [python: string, is: unknown],
  conditions: Conditions = {},
): Case {
  return {
    ...conditionsOf(name, conditions),
    ask: async (world) => world.connection.call(name, await args(world)),
    python,
    virsh: null,
    effect: { python: effect[0], is: plain(effect[1]) },
    drifts: false,
    unordered: false,
  };
}

function conditionsOf(
  name: ProcedureName,
  { arrange = [], refused = refusals[name] ?? [], not = [] }: Conditions,
): Pick<Case, 'name' | 'arrange' | 'refused' | 'not'> {
  return { name, arrange, refused, not };
}

/** The result itself, but for how many there are of something that is there to be counted. */
function onlyField(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const fields = Object.entries(result).filter(([name]) => name !== 'ret' && name !== 'nparams');
  const [first, ...others] = fields;
  if (first === undefined || others.length > 0) throw new Error('say how python shapes this result');
  return first[1];
}
