/** A guest that could leave, and what its leaving frees and sends. */
export interface CoverCandidate {
  readonly guest: number;
  readonly bytes: number;
  readonly frees: { readonly memoryBytes: number; readonly cpus: number };
}

/** What is to be freed; 0 or less: nothing. */
export interface CoverNeed {
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** So many partial choices are looked at; with more the best so far is taken. */
const mostNodes = 50_000;

/**
 * The guests that free what is needed with the fewest bytes, exact for the few dozens that a host has (branch and bound), and
 * the best found for more. Null where all of them together free too little.
 */
export function chooseCover(candidates: readonly CoverCandidate[], need: CoverNeed): number[] | null {
  const worth = ({ frees, bytes }: CoverCandidate): number =>
    (part(frees.memoryBytes, need.memoryBytes) + part(frees.cpus, need.cpus)) / Math.max(1, bytes);
  const sorted = candidates
    .filter((one) => worth(one) > 0)
    .toSorted(
      (one, other) => worth(other) - worth(one) || one.bytes - other.bytes || one.guest - other.guest,
    );
  const rest = restOf(sorted);
  const best: { guests: number[] | null; bytes: number } = { guests: null, bytes: Number.POSITIVE_INFINITY };
  const chosen: number[] = [];
  let nodes = 0;
  const look = (place: number, memoryBytes: number, cpus: number, bytes: number): void => {
    if (bytes >= best.bytes) return;
    if (memoryBytes <= 0 && cpus <= 0) {
      best.guests = [...chosen];
      best.bytes = bytes;
      return;
    }
    const one = sorted[place];
    const left = rest[place];
    nodes += 1;
    if (one === undefined || left === undefined || nodes > mostNodes) return;
    if (left.memoryBytes < memoryBytes || left.cpus < cpus) return;
    if (bytes + leastBytes(one, need, memoryBytes, cpus) >= best.bytes) return;
    chosen.push(one.guest);
    look(place + 1, memoryBytes - one.frees.memoryBytes, cpus - one.frees.cpus, bytes + one.bytes);
    chosen.pop();
    look(place + 1, memoryBytes, cpus, bytes);
  };
  look(0, need.memoryBytes, need.cpus, 0);
  return best.guests;
}

function part(frees: number, need: number): number {
  return need > 0 ? Math.min(1, frees / need) : 0;
}

/** No candidate from here on frees a part of the need with fewer bytes than the first of them. */
function leastBytes(
  { frees, bytes }: CoverCandidate,
  need: CoverNeed,
  memoryBytes: number,
  cpus: number,
): number {
  const missing =
    (need.memoryBytes > 0 ? Math.max(0, memoryBytes) / need.memoryBytes : 0) +
    (need.cpus > 0 ? Math.max(0, cpus) / need.cpus : 0);
  const each = part(frees.memoryBytes, need.memoryBytes) + part(frees.cpus, need.cpus);
  return (missing * bytes) / each;
}

/** What all candidates from each place on free together. */
function restOf(sorted: readonly CoverCandidate[]): CoverNeed[] {
  const rest: CoverNeed[] = [];
  let memoryBytes = 0;
  let cpus = 0;
  for (const { frees } of sorted.toReversed()) {
    memoryBytes += frees.memoryBytes;
    cpus += frees.cpus;
    rest.push({ memoryBytes, cpus });
  }
  return rest.toReversed();
}
