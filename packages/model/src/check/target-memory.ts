import { bothKinds, type Check } from './check-input.ts';
import type { DomainFacts } from '../instance/domain-facts.ts';
import { hostSilent, noted, passed, refused, warned } from './finding.ts';
import { liveFacts, showBytes } from './show-values.ts';

const code = 'target-memory';
const mebibyte = 1024 ** 2;

/** What a guest takes of its host now: where a balloon holds the rest back, less than the most that it can have. */
export function memoryNow({ memoryBytes, currentMemoryBytes = memoryBytes }: DomainFacts): number {
  return Math.min(currentMemoryBytes, memoryBytes);
}

/** What is free on the target, less what other migrations on their way were promised, holds the guest's memory. */
export const targetMemoryCheck: Check = {
  code,
  about: 'the target has enough memory',
  kinds: bothKinds,
  judge: ({ request, instance, domain, target, claimedMemoryBytes }) => {
    const facts = liveFacts(target);
    if (facts === null) return [hostSilent(code, 'target', 'its free memory')];
    const neededBytes =
      request.resizeTo === null
        ? (domain?.memoryBytes ?? instance.memoryBytes)
        : request.resizeTo.memoryMib * mebibyte;
    const freeBytes = facts.memoryAvailableBytes - claimedMemoryBytes;
    const nowBytes = request.resizeTo === null && domain !== null ? memoryNow(domain) : neededBytes;
    const compared = {
      neededBytes,
      nowBytes,
      availableBytes: facts.memoryAvailableBytes,
      claimedBytes: claimedMemoryBytes,
    };
    const numbers = `${showBytes(neededBytes)} are needed, ${showBytes(Math.max(freeBytes, 0))} are free`;
    if (freeBytes >= neededBytes) return [passed(code, numbers, compared)];
    const power = domain?.power ?? instance.powerState;
    if (request.kind === 'cold-migration' && power === 'shutoff') {
      return [
        noted(
          code,
          `${numbers}; the instance stays off, so it can move but not be started there now`,
          compared,
        ),
      ];
    }
    const remedy = 'Choose another host, or move something away from this one.';
    if (freeBytes >= nowBytes) {
      const balloon = `its balloon leaves it ${showBytes(nowBytes)} now, which is there; all of it is not: ${numbers}`;
      return [warned(code, balloon, compared, remedy)];
    }
    return [refused(code, `the target has too little memory: ${numbers}`, compared, remedy)];
  },
};
