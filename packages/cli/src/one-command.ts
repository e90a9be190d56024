import type { Command } from '@commander-js/extra-typings';

type SetExitCode = (code: number) => void;
type Add = (program: Command, setExitCode: SetExitCode) => void;

/** How each command is loaded by itself, by its first word. The words of `buildProgram` are all here, which a test sees to. */
export const loadersOfCommands: Readonly<Record<string, () => Promise<Add>>> = {
  apply: plan,
  audit: async () => (await import('./commands/audit.ts')).addAuditCommand,
  backup,
  balancer: async () => (await import('./commands/balancer.ts')).addBalancerCommands,
  check: async () => (await import('./commands/check.ts')).addCheckCommand,
  config: async () => (await import('./commands/config.ts')).addConfigCommands,
  console: async () => (await import('./commands/console.ts')).addConsoleCommand,
  database: async () => (await import('./commands/database.ts')).addDatabaseCommands,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  drain: async () => (await import('./commands/drain.ts')).addDrainCommand,
  evacuate: async () => (await import('./commands/drain.ts')).addEvacuateCommand,
  flavor: async () => (await import('./commands/flavor.ts')).addFlavorCommands,
  forecast: async () => (await import('./commands/forecast.ts')).addForecastCommands,
  host: async () => (await import('./commands/host.ts')).addHostCommands,
  image: async () => (await import('./commands/image.ts')).addImageCommands,
  init: async () => (await import('./commands/init.ts')).addInitCommand,
  instance: async () => (await import('./commands/instance.ts')).addInstanceCommands,
  'live-migrate': move,
  migrate: move,
  migration: async () => (await import('./commands/migration.ts')).addMigrationCommands,
  plan,
  policy: async () => (await import('./commands/policy.ts')).addPolicyCommands,
  project: async () => (await import('./commands/project.ts')).addProjectCommands,
  rehearse: async () => (await import('./commands/check.ts')).addRehearseCommand,
  resize: async () => (await import('./commands/resize.ts')).addResizeCommand,
  restore: backup,
  role: async () => (await import('./commands/project.ts')).addRoleCommands,
  'security-group': async () => (await import('./commands/security-group.ts')).addSecurityGroupCommands,
  serve: async () => (await import('./commands/serve.ts')).addServeCommand,
  service: async () => (await import('./commands/service.ts')).addServiceCommand,
  user: async () => (await import('./commands/user.ts')).addUserCommands,
  volume: async () => (await import('./commands/volume.ts')).addVolumeCommands,
  webhook: async () => (await import('./commands/webhook.ts')).addWebhookCommands,
};

async function backup(): Promise<Add> {
  return (await import('./commands/backup.ts')).addBackupCommands;
}

async function move(): Promise<Add> {
  return (await import('./commands/move.ts')).addMoveCommands;
}

async function plan(): Promise<Add> {
  return (await import('./commands/plan.ts')).addPlanCommands;
}

/** Adds the command of that name, and what stands in its file, to a program; false: there is none. */
export async function addOneCommand(
  program: Command,
  name: string,
  setExitCode: SetExitCode,
): Promise<boolean> {
  if (!Object.hasOwn(loadersOfCommands, name)) return false;
  const add = await loadersOfCommands[name]?.();
  add?.(program, setExitCode);
  return add !== undefined;
}
