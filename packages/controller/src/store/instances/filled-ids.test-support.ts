/** Ids of what `fillStore` writes; a file of its own, so that a controller whose memory is measured loads nothing of tests. */

/** The uuid of the host of that number; simulated hosts have others. */
export function hostIdOf(number: number): string {
  return `00000000-0000-4000-8001-${String(number).padStart(12, '0')}`;
}

/** The uuid of the instance of that number. */
export function instanceIdOf(number: number): string {
  return `11111111-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
