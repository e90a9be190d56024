import { buildProgram } from '@ferry/cli/program';

type Command = ReturnType<typeof buildProgram>;

/** A command that does something, by its words: `ferry host add`. */
export interface LeafCommand {
  readonly name: string;
  readonly command: Command;
}

/** All commands that do something, in the order in which the help lists them. */
export function leafCommands(): readonly LeafCommand[] {
  return leavesOf(
    buildProgram(() => undefined),
    ['ferry'],
  );
}

function leavesOf(command: Command, words: readonly string[]): LeafCommand[] {
  if (command.commands.length === 0) return [{ name: words.join(' '), command }];
  return command.commands.flatMap((one) => leavesOf(one as Command, [...words, one.name()]));
}

/** What a command says after its help: sentences and examples; empty where it says nothing. */
export function textAfterHelp(command: Command): string {
  let printed = '';
  command.configureOutput({
    writeOut: (text) => {
      printed += text;
    },
    getOutHelpWidth: () => 110,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return printed.slice(command.helpInformation().length).trim();
}
