import { Refusal } from '../../operations/engine/refusal.ts';

/**
 * A time that a request names, as UTC ISO 8601. The schemas of requests hold it to a form, and of that form there are times that
 * are none: a month's 31st that it has not, 25:61. Those are refused.
 * @param name of the field, for the refusal
 */
export function readTime(name: string, text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Refusal('bad-request', `${name}: ${text} is no time.`);
  return at.toISOString();
}
