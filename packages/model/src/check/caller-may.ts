import { bothKinds, type Check } from './check-input.ts';
import { passed, refused } from './finding.ts';

const code = 'caller-may';

/** Moving an instance is an operator's work; a reader only looks. */
export const callerMayCheck: Check = {
  code,
  about: 'the caller may move instances',
  kinds: bothKinds,
  judge: ({ role }) => {
    const compared = { role, needed: 'operator' };
    if (role !== 'reader') return [passed(code, `a caller of role "${role}" may move instances`, compared)];
    const remedy = 'Use a token of role "operator" or "admin".';
    return [refused(code, 'a caller of role "reader" may not move instances', compared, remedy)];
  },
};
