import type { MigrationBody } from '@ferry/api';

/** One look at a transfer. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: NonNullable<MigrationBody['progress']>;
}

/** Something that was said or decided while it went on. */
interface Mark {
  readonly at: number;
  readonly kind: 'event' | 'decision';
  readonly text: string;
}

/** What a migration showed, as its recording tells. */
export interface Recorded {
  readonly looks: readonly Look[];
  readonly marks: readonly Mark[];
  /** Its transfer's end is in it. What is written last may come a moment after the migration is over. */
  readonly isWhole: boolean;
}

interface Line {
  readonly at?: string;
  readonly kind: string;
  readonly message?: string;
  readonly sample?: { readonly progress: Look['progress'] | null };
  readonly decision?: { readonly kind: string; readonly why?: string };
}

/** Reads a recording, a line of JSON each. A line that cannot be read hides no other: the last may still be written. */
export function readRecorded(text: string): Recorded {
  const looks: Look[] = [];
  const marks: Mark[] = [];
  let isWhole = false;
  for (const one of text.split('\n')) {
    const line = lineOf(one);
    const at = Date.parse(line?.at ?? '');
    if (line === null || Number.isNaN(at)) continue;
    if (line.kind === 'sample' && line.sample?.progress) looks.push({ at, progress: line.sample.progress });
    if (line.kind === 'ended') isWhole = true;
    if (line.kind === 'event') marks.push({ at, kind: 'event', text: line.message ?? '' });
    if (line.kind === 'decision' && line.decision !== undefined) {
      const { kind, why } = line.decision;
      marks.push({ at, kind: 'decision', text: why === undefined ? kind : `${kind} (${why})` });
    }
  }
  return { looks, isWhole, marks: marks.toSorted((one, other) => one.at - other.at) };
}

function lineOf(text: string): Line | null {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}
