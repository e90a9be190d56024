#!/usr/bin/env node
import { endWithOutput, endWithReader } from './output/end-with-output.ts';
import { runProgram } from './run-program.ts';

endWithReader(process.argv[2] === 'serve');
// Open connections need not be waited for.
await endWithOutput(await runProgram(process.argv));
