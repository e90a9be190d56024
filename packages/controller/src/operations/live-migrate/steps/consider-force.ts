import type { HypervisorHost } from '@ferry/hypervisor';
import { type MoveContext, sayPhase } from '../../shared/move-context.ts';

/**
 * Has a transfer come to its end when somebody wants that now. Post-copy where the move was begun with leave for it; otherwise the
 * guest stands still, changes no memory any more, and runs on when it is on the target, or at its source when the transfer
 * fails. Done again and again, which changes nothing.
 */
export async function considerForce(context: MoveContext, source: HypervisorHost): Promise<void> {
  const { input, services } = context;
  const { migrations } = services.store;
  if (!(await migrations.isForced(input.migrationId))) return;
  const call = { signal: context.signal, deadlineMs: services.limits.inspectMs };
  const phase = (await migrations.byId(input.migrationId))?.phase ?? '';
  if ((input.postCopy ?? 'never') !== 'never') {
    if (phase.startsWith('post-copy:')) return;
    await sayPhase(
      context,
      `post-copy: ${input.target.name} runs it and fetches the rest (forced by an operator)`,
    );
    await source.migration.startPostCopy(input.instanceId, call);
    return;
  }
  if (phase.startsWith('forced:')) return;
  // First the guest, then the word for it: a controller that dies in between does it again.
  await source.domains.ensurePaused(input.instanceId, call);
  await sayPhase(context, `forced: the guest stands still until ${input.target.name} has it`);
}
