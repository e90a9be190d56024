import type { PowerState } from '../instance/instance.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, unsure, warned } from './finding.ts';

const code = 'instance-running';

/** A live migration needs a guest that runs (or is paused); a cold one takes it running or off. */
export const instanceRunningCheck: Check = {
  code,
  about: 'the instance is in a state in which it can move',
  kinds: bothKinds,
  judge: (input) => {
    const { domain, instance, request } = input;
    // What the database says is only good enough to refuse: to go on, the host itself must have said it.
    const power = domain?.power ?? instance.powerState;
    const live = request.kind === 'live-migration';
    const finding = live ? judgeLive(power, input) : judgeCold(power, input);
    if (domain !== null || finding.severity === 'error') return [finding];
    return [{ ...hostSilent(code, 'source', 'the power state'), compared: finding.compared }];
  },
};

function judgeLive(power: PowerState, { instance }: CheckInput): Finding {
  const compared = { power, needed: 'running or paused' };
  if (power === 'running' || power === 'paused')
    return passed(code, `"${instance.name}" is ${power}`, compared);
  if (power === 'unknown') return stateUnknown(compared);
  const remedy = power === 'suspended' ? 'Wake the guest up first.' : 'Start it first, or migrate it cold.';
  return refused(
    code,
    `"${instance.name}" is ${power}: only a running instance moves live`,
    compared,
    remedy,
  );
}

function judgeCold(power: PowerState, { instance, domain }: CheckInput): Finding {
  const compared = { power, managedSave: domain?.managedSave ?? null };
  if (domain?.managedSave === true) {
    const remedy = 'Start it once, or drop the saved memory (virsh managedsave-remove).';
    return refused(
      code,
      `"${instance.name}" has saved memory on the source, which would stay behind`,
      compared,
      remedy,
    );
  }
  if (domain !== null && !domain.persistent) {
    const remedy = `Define it first: virsh dumpxml --security-info ${instance.name} > FILE; virsh define FILE. Or move it live.`;
    return refused(
      code,
      `"${instance.name}" has no definition on the source: once it is powered off, nothing of it is left to be started`,
      { ...compared, persistent: false },
      remedy,
    );
  }
  if (power === 'unknown') return stateUnknown(compared);
  if (power === 'suspended') {
    return refused(
      code,
      `"${instance.name}" is suspended: what it holds in memory would be lost`,
      compared,
      'Wake it up first.',
    );
  }
  if (power === 'crashed') {
    const remedy =
      'What its memory tells of the crash is lost: dump it first (virsh dump). Look at its file system after the move.';
    const what = `"${instance.name}" has crashed and its hypervisor still has it: it is ended for the move, and will be off on the target`;
    return warned(code, what, compared, remedy);
  }
  if (power === 'paused') {
    const remedy =
      'Move it live, which keeps its memory; or let it run first, so that it can power itself off.';
    const what = `"${instance.name}" is paused, and cannot power itself off: it is ended as by a power cut, what it holds in memory is lost, and it stands still at its start on the target`;
    return warned(code, what, compared, remedy);
  }
  const how = power === 'shutoff' ? 'is off' : `is ${power}, and will be powered off for the move`;
  return passed(code, `"${instance.name}" ${how}`, compared);
}

function stateUnknown(compared: Finding['compared']): Finding {
  return unsure(
    code,
    'the power state is not known',
    compared,
    'Look at the domain on the source (virsh domstate).',
  );
}
