import type { Finding } from '../check/finding.ts';
import { noted, passed, refused, unsure } from '../check/make-finding.ts';
import type { EvacuatedDisk } from './evacuation-input.ts';

const code = 'disks-there';

/** Whether the target has a disk of an instance whose host is gone, the same one, and nobody else writes to it. */
export function diskFinding({ disk, what, view }: EvacuatedDisk): Finding {
  const compared = { disk, what, view: view.kind };
  switch (view.kind) {
    case 'shared':
      return passed(
        code,
        `${what} (${disk}) is shared: seen on both hosts at ${view.lastProvenAt}`,
        compared,
      );
    case 'said':
      return noted(code, `${what} (${disk}) is there, and is the same because you say so`, compared);
    case 'opened':
      return passed(code, `the target has opened ${what} (${disk})`, compared);
    case 'empty':
      return passed(code, `the drive ${disk} is empty`, compared);
    case 'unproven': {
      const remedy = `If you know that both hosts have the same there, say it: --shared-path ${what}.`;
      const message = `the target has ${what} (${disk}), and it was never seen that it is the same one: it may be an old copy`;
      return refused(code, message, compared, remedy);
    }
    case 'missing': {
      const remedy = 'Mount its storage on the target, choose a host that has it, or bring its host back.';
      return refused(
        code,
        `the target has no ${what} (${disk}): it is on the host that is gone`,
        compared,
        remedy,
      );
    }
    case 'in-use': {
      const remedy = 'Find out who: if its own host still runs it, that host is not off.';
      return refused(code, `somebody has ${what} (${disk}) open: ${view.reason}`, compared, remedy);
    }
    case 'refused': {
      const remedy =
        'Let the target reach the server (address, port, export, credentials), or choose another host.';
      return refused(code, `the target cannot open ${what} (${disk}): ${view.reason}`, compared, remedy);
    }
    case 'unknown': {
      const remedy = "See that the target's libvirtd answers, then ask again.";
      return unsure(code, `the target did not tell of ${what} (${disk}): ${view.reason}`, compared, remedy);
    }
  }
}
