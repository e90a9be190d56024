import {
  builtInPolicy,
  type ControlDecision,
  type PolicyValues,
  type RecordedTransfer,
  replayControl,
  type ReplayedDecision,
  ruleSets,
  defaultRules,
} from '@ferry/model';

/** A line of a recording. The first tells of which migration it is. */
type RecordedLine =
  | { readonly kind: 'migration'; readonly version: number; readonly migration: { readonly id: string } }
  | { readonly kind: 'event'; readonly message: string }
  | {
      readonly kind: 'began';
      readonly values: Partial<PolicyValues>;
      readonly strategy: RecordedTransfer['strategy'];
    }
  | {
      readonly kind: 'sample';
      readonly state: string;
      readonly sample: { readonly progress: RecordedTransfer['samples'][number]['progress'] | null };
    }
  | { readonly kind: 'decision'; readonly decision: ControlDecision }
  | { readonly kind: 'shadow' | 'ended' };

/** The form of recordings that this version writes and reads. */
export const recordingVersion = 1;

/** Reads a recording, NDJSON as `ferry migration export` writes it. Throws what is wrong with it, by line. */
export function readRecording(text: string): RecordedTransfer & { readonly migrationId: string } {
  const lines = text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]));
  const [head] = lines;
  if (head?.kind !== 'migration')
    throw new Error('line 1 does not tell of which migration it is: this is no recording');
  if (head.version !== recordingVersion)
    throw new Error(`it is of version ${head.version}; this command reads version ${recordingVersion}`);
  const began = lines.find((one) => one.kind === 'began');
  return {
    migrationId: head.migration.id,
    values: { ...builtInPolicy, ...began?.values },
    strategy: began?.strategy ?? null,
    samples: lines.flatMap((one) => {
      if (one.kind !== 'sample' || one.sample.progress === null) return [];
      return [{ state: one.state, progress: one.sample.progress }];
    }),
    decisions: lines.flatMap((one) => (one.kind === 'decision' ? [one.decision] : [])),
  };
}

function readLine(line: string, number: number): RecordedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`line ${number} is no JSON`, { cause });
  }
  const kind = value !== null && typeof value === 'object' && 'kind' in value ? value.kind : null;
  if (typeof kind !== 'string') throw new Error(`line ${number} does not tell its kind`);
  return value as RecordedLine;
}

/** Runs the rules over a recording, with values in place of those that it has. Throws for rules that there are not. */
export function replayRecording(
  recorded: RecordedTransfer,
  values: Partial<PolicyValues>,
  rules: string = defaultRules.name,
): ReplayedDecision[] {
  const set = ruleSets.find(({ name }) => name === rules);
  if (set === undefined)
    throw new Error(
      `there are no rules "${rules}"; there are: ${ruleSets.map(({ name }) => name).join(', ')}`,
    );
  return replayControl(recorded, { values: { ...recorded.values, ...values }, set });
}
