import { parseCommandLine, UsageError } from './command-line.ts';
import { runCommand } from './commands.ts';
import { CannotHereError, LabError } from './lab-error.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong use, 3 this machine cannot. */
function report(error: unknown): number {
  if (!(error instanceof LabError)) {
    console.error(error);
    return 1;
  }
  console.error(`lab: ${error.message}`);
  if (error instanceof UsageError) console.error('`lab --help` lists the commands.');
  if (error instanceof CannotHereError) return 3;
  return error instanceof UsageError ? 2 : 1;
}

// A reader that has seen enough, as in `lab status | head`, is no failure; other trouble with the output is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await (async () => runCommand(parseCommandLine(process.argv.slice(2))))().catch(report);
