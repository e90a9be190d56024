import { bothKinds, type Check } from './check-input.ts';
import { hostSilent, passed, refused } from './finding.ts';

const code = 'emulator-present';

/** The program that the definition names as its emulator is there on the target. */
export const emulatorPresentCheck: Check = {
  code,
  about: 'the emulator that the definition names is on the target, by the same path',
  kinds: bothKinds,
  judge: ({ domain, emulator: there }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the emulator of the guest')];
    const { emulator } = domain;
    const compared = { emulator };
    if (there === null) return [hostSilent(code, 'target', 'whether it has the emulator')];
    if (there.problem === null)
      return [passed(code, `the target has ${emulator || 'an emulator'}`, compared)];
    const remedy = `Give the target the same path (ln -s), or name in the definition one that both hosts have (virsh edit, <emulator>).`;
    return [refused(code, `the target has no emulator ${emulator}: ${there.problem}`, compared, remedy)];
  },
};
