/** All counters of a guest. */
export interface GuestAnswer {
  /** Random at each boot: a guest that was started anew has another one. */
  readonly id: string;
  readonly count: number;
  readonly uptimeMs: number;
  readonly touched: number;
  readonly passes: number;
  /** Pages whose content was not what was written before. */
  readonly bad: number;
  readonly records: number;
  /** Checksum of the disk: `none`, `busy`, `unreadable` or 16 hex digits. */
  readonly sum: string;
}

/** Reads an answer of the guest's workload; null when it is none. */
export function parseAnswer(text: string): GuestAnswer | null {
  const line = text.slice(text.indexOf('\n') + 1);
  const fields = new Map(line.split(' ').map((word) => word.split('=', 2) as [string, string]));
  const id = fields.get('id');
  if (id === undefined) return null;
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  return {
    id,
    count: number('count'),
    uptimeMs: number('uptimeMs'),
    touched: number('touched'),
    passes: number('passes'),
    bad: number('bad'),
    records: number('records'),
    sum: fields.get('sum') ?? 'none',
  };
}
