import type { Assignment } from '../../api/identity.ts';

/** Where a role is held, by its name; `system`: the word for everywhere. */
export function scopeOf({ scope }: Assignment, system: string): string {
  return scope.project?.name ?? scope.domain?.name ?? system;
}
