#!/usr/bin/env node
import { runProgram } from './program.ts';

// What was written is out (pipes and files are written at once on POSIX): open connections need not be waited for.
process.exit(await runProgram(process.argv));
