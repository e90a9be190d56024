import { ApiError } from '@ferry/api/client';
import { type Command, CommanderError } from '@commander-js/extra-typings';
import { addOneCommand } from './one-command.ts';
import { exitCodes } from './exit-codes.ts';
import { newProgram } from './new-program.ts';
import { SettingsError } from './commands/settings-error.ts';
import { formatFindings } from './output/findings.ts';

/** Runs one command line; gives the exit code. Most of a command's time is loading: only what it takes is loaded. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const outcome = { code: exitCodes.ok as number };
  try {
    const program = await programFor(argv[2], (code) => {
      outcome.code = code;
    });
    await program.parseAsync([...(argv[2] === 'serve' ? await settingsBefore(argv) : argv)]);
    return outcome.code;
  } catch (error) {
    return tell(error);
  }
}

/** The program with the command that is named alone; with all of them where none is, for the help and for what is mistyped. */
async function programFor(name: string | undefined, setExitCode: (code: number) => void): Promise<Command> {
  const small = newProgram();
  if (name !== undefined && (await addOneCommand(small, name, setExitCode))) return small;
  const program = (await import('./program.ts')).buildProgram(setExitCode);
  if (name === 'complete') (await import('./commands/completion.ts')).addCompletion(program);
  return program;
}

async function settingsBefore(argv: readonly string[]): Promise<readonly string[]> {
  return (await import('./commands/settings-file.ts')).withSettings(argv);
}

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
