import { buildProgram } from '@ferry/cli/program';

/** A command line of a document. */
export interface WrittenLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From `ferry` on, without what a shell makes of the rest. */
  readonly words: readonly string[];
  /** Within a sentence: what it needs beside may be left out there. */
  readonly isInline: boolean;
}

/** Command lines of a document in Markdown: in its blocks of code, and in its sentences. */
export function commandLines(file: string, text: string): WrittenLine[] {
  const found: WrittenLine[] = [];
  let isCode = false;
  let isUsage = false;
  let before = '';
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*```/.test(line)) {
      isCode = !isCode;
      // How a command is used, with its parts in brackets.
      isUsage = isCode && line.trim() === '```text';
    } else if (isUsage) continue;
    else if (isCode || line.startsWith('    ')) {
      const whole = before + line;
      // A line that goes on in the next one.
      before = whole.endsWith('\\') ? `${whole.slice(0, -1)} ` : '';
      if (before !== '') continue;
      const words = wordsOf(whole);
      const at = words.findIndex((word) => word === 'ferry');
      const isCalled = words.slice(0, Math.max(at, 0)).every((word) => callers.test(word));
      if (at >= 0 && isCalled && words.length > at + 1 && words[at + 1] !== '--')
        found.push({ file, line: index + 1, words: words.slice(at), isInline: false });
    } else found.push(...inlineOf(line).map((words) => ({ file, line: index + 1, words, isInline: true })));
  }
  return found;
}

/** Those of a sentence; without those that stand for several (`a|b`, `[--x]`, `…`). */
function inlineOf(line: string): string[][] {
  return [...line.matchAll(/(?<!`)`(ferry [^`]+)`(?!`)/g)]
    .map(([, code = '']) => code)
    .filter((code) => !/[|[\]<>…]|\.\.\./.test(code))
    .map(wordsOf)
    .filter((words) => words.length > 1);
}

/** What may stand before a command: a prompt, variables, those who run it as somebody. */
const callers = /^(?:\$|#|sudo|env|time|watch|runuser|-u|--|root|[A-Z_]+=.*)$/;

/** Words of a line as a shell has them, up to its end: a comment, a pipe, a redirection, another command. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    if (plain !== undefined && /^(?:#(?!$)|#$|\||>|2>|<|&&|\|\||;|&)/.test(plain) && words.length > 0) break;
    words.push((single ?? double ?? plain ?? '').replace(/;$/, ''));
    if (plain?.endsWith(';') === true) break;
  }
  return words;
}

/** Why a command line is none that `ferry` takes; null: it is one. Nothing is done. */
export async function whyNoCommand({
  words,
  isInline = false,
}: Pick<WrittenLine, 'words'> & Partial<WrittenLine>): Promise<string | null> {
  // It is no command of the program until it is asked for.
  if (words[1] === 'complete') return null;
  const program = buildProgram(() => undefined);
  let said = '';
  const quiet = {
    writeErr: (text: string) => {
      said += text;
    },
    writeOut: () => undefined,
  };
  const silence = (command: ReturnType<typeof buildProgram>): void => {
    command.configureOutput(quiet);
    for (const one of command.commands) silence(one as ReturnType<typeof buildProgram>);
    if (command.commands.length === 0) command.action(() => undefined);
  };
  silence(program);
  try {
    await program.parseAsync(['node', ...words]);
    return null;
  } catch (error) {
    const isHelp = error instanceof Error && 'exitCode' in error && error.exitCode === 0;
    const isShort = isInline && error instanceof Error && 'code' in error && short.has(String(error.code));
    return isHelp || isShort ? null : (said.split('\n')[0] ?? '') || String(error);
  }
}

/** Commander's codes of what a sentence may leave out. */
const short: ReadonlySet<string> = new Set([
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.optionMissingArgument',
  'commander.help',
  // `--keep-audit DAYS`.
  'commander.invalidArgument',
]);
