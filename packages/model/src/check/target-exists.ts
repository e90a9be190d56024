import { bothKinds, type Check } from './check-input.ts';
import { passed, refused } from './finding.ts';

const code = 'target-exists';

/** The named host is known, or Ferry found one. */
export const targetExistsCheck: Check = {
  code,
  about: 'the target host exists',
  kinds: bothKinds,
  judge: ({ request, target, targetProblem, hostNames }) => {
    const compared = { asked: request.host, target: target?.name ?? null };
    if (target !== null) {
      const how = request.host === null ? 'was chosen' : 'is known';
      return [passed(code, `the target "${target.name}" ${how}`, compared)];
    }
    const known = hostNames.length === 0 ? 'Add a host first.' : `Hosts there are: ${hostNames.join(', ')}.`;
    return [refused(code, targetProblem ?? 'there is no target', compared, known)];
  },
};
