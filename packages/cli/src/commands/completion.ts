import tab from '@bomb.sh/tab/commander';
import type { Command } from '@commander-js/extra-typings';
import type { Command as PlainCommand } from 'commander';

/** `ferry complete SHELL` prints a completion script: `source <(ferry complete bash)`. */
export function addCompletion(program: Command): void {
  tab(program as unknown as PlainCommand);
}
