import { NovaFault } from './nova-fault.ts';
import { storedTime } from './nova-time.ts';
import { type Query, valuesOf } from './paging.ts';

/** A time that a query names, as it is stored; null where it names none. Refuses what is no time. */
export function queryTime(query: Query, name: string): string | null {
  const [text] = valuesOf(query, name);
  if (text === undefined) return null;
  const time = storedTime(text);
  if (time !== null) return time;
  throw new NovaFault(
    400,
    `Invalid input for query parameters ${name}. Value: ${text}. It is no time (ISO 8601).`,
  );
}
