import { exitCodes } from '../exit-codes.ts';

/**
 * Ends the process when all that it wrote has reached its reader. Node writes to a pipe or a socket at once only as long as the
 * reader keeps up; the rest waits in the process, and `process.exit` drops it.
 */
export async function endWithOutput(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}

/**
 * A reader that leaves (`ferry migration list | head -1`) ends the command as it ends any other: quietly, with the code of a
 * process that SIGPIPE ended. Output that cannot be written (a full disk) ends it with what the system says. A controller goes
 * on: its log may lose its reader while machines move.
 */
export function endWithReader(isController: boolean): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isController) return;
      if (error.code === 'EPIPE') process.exit(endedBySigpipe);
      if (stream === process.stdout)
        process.stderr.write(`ferry: its output cannot be written: ${error.message}\n`);
      process.exit(exitCodes.failed);
    });
}

/** 128 and the signal's number, as shells tell it. */
const endedBySigpipe = 141;

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
