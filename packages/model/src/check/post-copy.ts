import { knownBad, knownSound } from '../host/known-bad-versions.ts';
import { weakestLink } from '../transfer/post-copy-start.ts';
import { type Check, type CheckInput, liveOnly } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, warned } from './finding.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';
import { liveFacts, showVersion } from './show-values.ts';

const code = 'post-copy';

/** Post-copy is only done by the word of the one who asks, who is told what it puts at stake. */
export const postCopyCheck: Check = {
  code,
  about: 'what post-copy puts at stake, where it is allowed',
  kinds: liveOnly,
  judge: (input) => {
    const { postCopy } = input.request;
    if (postCopy === 'never') return [passed(code, 'post-copy is not allowed for this move', { postCopy })];
    const { plan } = input;
    if (plan?.form === 'coordinated') {
      if (!input.request.said.includes('postCopy'))
        return [passed(code, 'a policy allows post-copy, and this move has no use for it', { postCopy })];
      const disks = plan.disks.filter((disk) => disk.action === 'copy').map(({ target }) => target);
      if (disks.length === 0) return [refusedCoordinated(postCopy)];
      const what = `${disks.join(', ')} must be copied, and then the target holds the guest until all of it is there: the opposite of post-copy`;
      const remedy = 'Ask for it without --post-copy, or put its disks onto storage that both hosts share.';
      return [refused(code, what, { postCopy, copied: disks.join(' ') }, remedy)];
    }
    return [stake(input), ...resumable(input)];
  },
};

function refusedCoordinated(postCopy: PostCopyPolicy): Finding {
  const what =
    'the switch-over is to be coordinated, and then the target holds the guest until all of it is there: the opposite of post-copy';
  return refused(code, what, { postCopy, coordinated: true }, 'Ask for one of the two.');
}

function stake({ request: { postCopy } }: CheckInput): Finding {
  const then =
    postCopy === 'restart'
      ? 'it is then started anew from its disks, as you say'
      : 'Ferry then asks what to do';
  const least = weakestLink.rateBytesPerSecond / 1_000_000;
  return warned(
    code,
    `while memory is fetched from the source, the loss of either host, of its QEMU or of the link between them loses the guest's memory; ${then}`,
    { postCopy, leastMegabytesPerSecond: least },
    `Without --post-copy its memory is never at stake. Over less than ${least} MB/s post-copy is not begun.`,
  );
}

/** A link that comes back can have it resumed, by versions that do that. */
function resumable({ source, target }: CheckInput): Finding[] {
  const sides = [
    { side: 'source', host: source },
    { side: 'target', host: target },
  ] as const;
  return sides.flatMap(({ side, host }) => {
    const version = host === null ? undefined : liveFacts(host)?.libvirtVersion;
    if (version === undefined) return [hostSilent(code, side, 'its version of libvirt')];
    const bad = knownBad('libvirt', version, 'post-copy-resume');
    const compared = { side, libvirt: showVersion(version) };
    if (bad === null) {
      const measured = knownSound('libvirt', version, 'post-copy-resume');
      const known = measured === null ? 'is not known to fail at resuming it' : `resumes it (${measured})`;
      return [passed(code, `libvirt ${compared.libvirt} of the ${side} ${known}`, compared)];
    }
    const better =
      bad.sound === null ? '' : `: ${showVersion(bad.sound.from)} resumed it (${bad.sound.measured})`;
    const remedy = `Take it into account, or upgrade libvirt there${better}.`;
    return [
      warned(
        code,
        `a broken post-copy cannot be resumed by libvirt ${compared.libvirt} of the ${side}: ${bad.harm}`,
        compared,
        remedy,
      ),
    ];
  });
}
