import type {
  ConnectivityReport,
  Migration,
  MigrationResult,
  TransferProgress,
  WarmReport,
} from '@ferry/model';

/** What the steps of either workflow leave in the log that the result is made of. */
interface MeasuredOutputs {
  readonly transfer?: { readonly progress: TransferProgress | null };
  readonly 'prepare-images'?: { readonly broughtBytes: number };
  readonly 'copy-while-running'?: { readonly rounds: number; readonly bytes: number };
  readonly 'copy-files'?: { readonly bytes: number };
  readonly 'settle-target'?: { readonly guestSeenAlive: string | null };
  readonly 'power-off'?: { readonly beganAt: string };
  readonly 'prove-connectivity'?: ConnectivityReport | null;
  readonly start?: { readonly guestSeenAlive: string | null };
  readonly 'restore-power'?: { readonly guestSeenAlive: string | null; readonly startedAt: string | null };
}

/** Sums up a migration that came to its end. */
export function migrationResult(migration: Migration, output: object): MigrationResult {
  const measured = output as MeasuredOutputs;
  const progress = measured.transfer?.progress ?? null;
  const warm = warmReport(measured);
  const brought = measured['prepare-images']?.broughtBytes ?? measured['copy-files']?.bytes ?? 0;
  return {
    elapsedMs: Date.now() - Date.parse(migration.createdAt),
    downtimeMs: progress?.downtimeMs ?? outageMs(measured),
    memoryBytes: progress?.memoryBytes ?? 0,
    diskBytes: (progress?.diskBytes ?? 0) + brought + (warm?.bytesWhileRunning ?? 0),
    guestSeenAlive:
      measured['settle-target']?.guestSeenAlive ??
      measured['restore-power']?.guestSeenAlive ??
      measured.start?.guestSeenAlive ??
      null,
    connectivity: measured['prove-connectivity'] ?? null,
    warm,
  };
}

function warmReport(measured: MeasuredOutputs): WarmReport | null {
  const running = measured['copy-while-running'];
  if (running === undefined || running.rounds === 0) return null;
  const bytesWhileOff = measured['copy-files']?.bytes ?? 0;
  return { rounds: running.rounds, bytesWhileRunning: running.bytes, bytesWhileOff };
}

/** Of a cold migration: from the power-off to the start on the target, without the guest's own boot. */
function outageMs(measured: MeasuredOutputs): number | null {
  const off = measured['power-off']?.beganAt;
  const on = measured['restore-power']?.startedAt ?? null;
  return off === undefined || on === null ? null : Date.parse(on) - Date.parse(off);
}
