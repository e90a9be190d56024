import { showBytes } from '../check/show-values.ts';

/** What hosts show of a move that was checked a while ago and is to be sent now. */
export interface PreparedMove {
  readonly instanceName: string;
  readonly source: {
    readonly name: string;
    /** The guest's power there; null: it is not there, or the host is silent. */
    readonly power: string | null;
    /** Why it does not answer; null: it does. */
    readonly silent: string | null;
  };
  readonly target: {
    readonly name: string;
    readonly silent: string | null;
    /** Why it takes no instances; null: it does. */
    readonly takesNone: string | null;
    /** Null: not told. */
    readonly memoryAvailableBytes: number | null;
  };
  /** What the guest takes of its target. */
  readonly memoryBytes: number;
}

/** What is not any more as the checks of the move found it, all of it; empty: it may be sent. */
export function whatChanged({ instanceName, source, target, memoryBytes }: PreparedMove): string[] {
  const changed: string[] = [];
  if (source.silent !== null) changed.push(`${source.name} does not answer: ${source.silent}`);
  else if (source.power !== 'running' && source.power !== 'paused')
    changed.push(`${instanceName} is ${source.power ?? 'not there any more'} on ${source.name}`);
  if (target.silent !== null) changed.push(`${target.name} does not answer: ${target.silent}`);
  if (target.takesNone !== null) changed.push(`${target.name} takes no instance: ${target.takesNone}`);
  const available = target.memoryAvailableBytes;
  if (target.silent === null && available !== null && available < memoryBytes)
    changed.push(
      `${target.name} has ${showBytes(available)} of memory available and ${instanceName} takes ${showBytes(memoryBytes)}`,
    );
  return changed;
}
