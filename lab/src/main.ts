import { parseArgs } from 'node:util';
import { runLabCommand } from './lab-command.ts';
import { LabError } from './lab-error.ts';

const [command = 'help', ...words] = process.argv.slice(2);
const dashes = words.indexOf('--');
const own = dashes === -1 ? words : words.slice(0, dashes);
const rest = dashes === -1 ? [] : words.slice(dashes + 1);

try {
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'main' },
      hosts: { type: 'string', default: '3' },
      guests: { type: 'string', default: '0' },
      all: { type: 'boolean', default: false },
      storage: { type: 'string', default: 'local' },
      memory: { type: 'string', default: '128' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  process.exitCode = await runLabCommand(values.help ? 'help' : command, { ...values, positionals, rest });
} catch (error) {
  const usage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof LabError) && !usage) throw error;
  process.stderr.write(`lab: ${error.message}\n`);
  process.exitCode = usage ? 2 : 1;
}
