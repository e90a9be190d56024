import { bothKinds, type Check } from './check-input.ts';
import { passed, refused, warned } from './finding.ts';

const code = 'one-copy';

/** It is known where the instance is, and nothing else may be it: a move would go on with whichever copy is on record. */
export const oneCopyCheck: Check = {
  code,
  about: 'hosts show one copy of the instance, where it is recorded',
  kinds: bothKinds,
  judge: ({ instance, domain }) => {
    const { fault } = instance;
    const compared = { fault: fault?.kind ?? null };
    if (fault === null) return [passed(code, 'hosts show it where it is recorded', compared)];
    const message = `"${instance.name}": ${fault.message}`;
    switch (fault.kind) {
      case 'two-copies':
      case 'ambiguous':
        return [refused(code, message, compared, fault.remedy)];
      case 'vanished':
      case 'unreachable':
        // Its host shows it by now: what was told before is over.
        if (domain !== null) return [passed(code, 'its host has it again', compared)];
        return [refused(code, message, compared, fault.remedy)];
      case 'stale-copy':
      case 'claimed':
        return [warned(code, message, compared, fault.remedy)];
    }
  },
};
