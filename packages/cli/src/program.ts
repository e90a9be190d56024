import { ApiError } from '@ferry/api/client';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { addAuditCommand } from './commands/audit.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCheckCommand, addRehearseCommand } from './commands/check.ts';
import { addConfigCommands } from './commands/config.ts';
import { addConsoleCommand } from './commands/console.ts';
import { addDatabaseCommands } from './commands/database.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDrainCommand, addEvacuateCommand } from './commands/drain.ts';
import { addFlavorCommands } from './commands/flavor.ts';
import { addForecastCommands } from './commands/forecast.ts';
import { addHostCommands } from './commands/host.ts';
import { addImageCommands } from './commands/image.ts';
import { addInitCommand } from './commands/init.ts';
import { addInstanceCommands } from './commands/instance.ts';
import { addMigrationCommands } from './commands/migration.ts';
import { addMoveCommands } from './commands/move.ts';
import { addPlanCommands } from './commands/plan.ts';
import { addBalancerCommands } from './commands/balancer.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addProjectCommands, addRoleCommands } from './commands/project.ts';
import { addResizeCommand } from './commands/resize.ts';
import { addSecurityGroupCommands } from './commands/security-group.ts';
import { addServeCommand } from './commands/serve.ts';
import { addServiceCommand } from './commands/service.ts';
import { addVolumeCommands } from './commands/volume.ts';
import { addWebhookCommands } from './commands/webhook.ts';
import { addUserCommands } from './commands/user.ts';
import { exitCodes } from './exit-codes.ts';
import { SettingsError, withSettings } from './commands/settings-file.ts';
import { formatFindings } from './output/findings.ts';
import manifest from '../package.json' with { type: 'json' };

/** Runs one command line; gives the exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const outcome = { code: exitCodes.ok as number };
  const program = buildProgram((code) => {
    outcome.code = code;
  });
  try {
    // Loaded only for its own command, as most of a command's time is loading.
    if (argv[2] === 'complete') (await import('./commands/completion.ts')).addCompletion(program);
    await program.parseAsync([...(argv[2] === 'serve' ? withSettings(argv) : argv)]);
    return outcome.code;
  } catch (error) {
    return tell(error);
  }
}

/** The whole command, without completion. `setExitCode` is how a command says how it ended. */
export function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('ferry')
    .description('Moves virtual machines between libvirt/QEMU hosts, cold and live.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', examples);
  addInitCommand(program, setExitCode);
  addServeCommand(program, setExitCode);
  addConfigCommands(program, setExitCode);
  addBackupCommands(program, setExitCode);
  addDatabaseCommands(program, setExitCode);
  addFlavorCommands(program);
  addHostCommands(program, setExitCode);
  addImageCommands(program);
  addInstanceCommands(program);
  addSecurityGroupCommands(program);
  addServiceCommand(program);
  addUserCommands(program);
  addProjectCommands(program);
  addRoleCommands(program);
  addCheckCommand(program, setExitCode);
  addForecastCommands(program);
  addRehearseCommand(program, setExitCode);
  addMoveCommands(program, setExitCode);
  addResizeCommand(program, setExitCode);
  addVolumeCommands(program);
  addEvacuateCommand(program, setExitCode);
  addMigrationCommands(program, setExitCode);
  addDrainCommand(program, setExitCode);
  addPlanCommands(program, setExitCode);
  addPolicyCommands(program);
  addBalancerCommands(program);
  addWebhookCommands(program, setExitCode);
  addConsoleCommand(program, setExitCode);
  addAuditCommand(program);
  addDoctorCommand(program, setExitCode);
  return program;
}

const examples = `
Examples:
  ferry init                                     set a controller up on this machine, and start it
  ferry serve                                    start a controller in the foreground
  ferry host add qemu+tcp://compute11/system     take in a host as it is
  ferry host add --from hosts.yaml               take in all hosts of a file
  ferry instance adopt compute11 web             take in a VM that runs there
  ferry check web compute12                      would it move? every finding, nothing changed
  ferry forecast web compute12                   how long would it take, would it end?
  ferry rehearse web compute12                   all of the move but the move
  ferry live-migrate web compute12 --wait        move it while it runs
  ferry migrate web                              move it powered off, Ferry chooses the host
  ferry drain compute11 --dry-run                what it takes to empty a host; without --dry-run: do it
  ferry console web                              its serial console in this terminal
  ferry user create ada --project research       a user for the openstack client, with a role
  ferry evacuate web                             start it elsewhere, its host is gone
  source <(ferry complete bash)                  completion in this shell (also zsh, fish, powershell)

Exit codes: 0 done, 1 failed or did not move, 2 wrong usage, 3 no controller, 4 a check forbids it,
            5 not allowed, 6 no such thing or its name is not unique.
Environment: FERRY_URL (http://… or unix:/…), FERRY_TOKEN, FERRY_DATA (data directory).`;

function tell(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said its own; what a command says of its options together is said here.
    if (error.code.startsWith('ferry.')) process.stderr.write(`ferry: ${error.message}\n`);
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof ApiError) {
    const findings = error.findings.filter((finding) => finding.severity === 'error');
    const list = findings.length === 0 ? '' : `${formatFindings(findings, process.stderr)}\n`;
    process.stderr.write(`ferry: ${error.message}\n${list}${error.remedy === '' ? '' : `${error.remedy}\n`}`);
    return codeOf(error);
  }
  if (error instanceof SettingsError) {
    process.stderr.write(`ferry: ${error.message}\n`);
    return exitCodes.usage;
  }
  process.stderr.write(`ferry: ${isDefect(error) ? `${defect} ${error.message}` : messageOf(error)}\n`);
  return exitCodes.failed;
}

export { exitCodes };

/** How a failure begins that is nobody's doing but Ferry's own. */
export const defect = 'this is a defect of Ferry, please report it with the command and this line:';

/** What only a mistake in a program causes; those that Node itself throws for a bad value have a code. */
function isDefect(error: unknown): error is Error {
  return (
    (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) &&
    !('code' in error)
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: ApiError): number {
  switch (error.code) {
    case 'controller-unreachable':
    case 'not-ferry':
      return exitCodes.unreachable;
    case 'unauthorized':
    case 'forbidden':
      return exitCodes.notAllowed;
    case 'host-not-found':
    case 'image-not-found':
    case 'instance-not-found':
    case 'domain-not-found':
    case 'migration-not-found':
    case 'security-group-not-found':
    case 'flavor-not-found':
    case 'rule-not-found':
    case 'volume-not-found':
    case 'volume-type-not-found':
    case 'plan-not-found':
    case 'policy-not-found':
    case 'balancer-not-found':
    case 'label-not-found':
    case 'user-not-found':
    case 'project-not-found':
    case 'role-not-found':
    case 'webhook-not-found':
    case 'name-ambiguous':
      return exitCodes.notFound;
    case 'checks-failed':
      return exitCodes.checksFailed;
    case 'bad-request':
    case 'policy-contradicts':
      return exitCodes.usage;
    default:
      return exitCodes.failed;
  }
}
