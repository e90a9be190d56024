import { describeUser, type FileNaming, type FileUser, writersOf } from '../storage/file-users.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, noted, passed, refused } from './finding.ts';

const code = 'file-users';

/** Nobody else writes to what is copied; what others have of it is left to them, and that is said. */
export const fileUsersCheck: Check = {
  code,
  about: 'no other guest writes to the files that are copied, and what others have of them stays',
  kinds: bothKinds,
  judge: (input) => {
    const { fileUsers, plan } = input;
    if (plan === null) return [hostSilent(code, 'source', 'who else has the files that are copied')];
    if (plan.disks.every(({ action }) => action === 'keep'))
      return [passed(code, 'no file is copied, and none is taken away', { files: 0 })];
    if (fileUsers === null) return [hostSilent(code, 'source', 'who else has the files that are copied')];
    const found = fileUsers.flatMap((naming) => judgeFile(naming, input));
    if (found.length > 0) return found;
    const files = fileUsers.map(({ path }) => path).join(', ');
    return [passed(code, 'nobody else has the files that are copied', { files })];
  },
};

function judgeFile(naming: FileNaming, { instance }: CheckInput): Finding[] {
  const { host, path, users, unknown } = naming;
  const compared = { path, host };
  const writers = writersOf(naming);
  if (writers.length > 0) {
    const who = words(writers);
    const remedy = `Take it out of one of the two definitions (virsh detach-disk, virsh edit), or give "${instance.name}" a copy of its own. Ferry parts no disk that two guests have.`;
    return [
      refused(code, `${path} is also another guest's to write: ${who}`, { ...compared, users: who }, remedy),
    ];
  }
  const reasons = [...users.map(describeUser), ...unknown.map((what) => `not known: ${what}`)];
  if (reasons.length === 0) return [];
  return [noted(code, `${path} will stay on ${host}: ${reasons.join('; ')}`, compared)];
}

function words(users: readonly FileUser[]): string {
  return users.map(describeUser).join('; ');
}
