import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import { formatWebhook, formatWebhooks, outcomeOf } from '../output/webhook-views.ts';
import { clientCommand } from './client-command.ts';

const addExamples = `
The receiver is told by POST what happens from now on, in its order, until it answers 2xx. How messages are
signed, and what is in them: docs/observe/webhooks.md.

Examples:
  ferry webhook add https://hooks.example.org/ferry --events 'migration.*' --secret-file hook.secret
  ferry webhook add https://chat.example.org/in/7 --name chat --events host.updated,plan.updated --secret-file hook.secret
`;

/** `ferry webhook …`. */
export function addWebhookCommands(program: Command, setExitCode: (code: number) => void): void {
  const webhook = new Command('webhook').exitOverride().description('addresses that are told what happens');
  addAddCommand(webhook);
  webhook.addCommand(
    clientCommand('list')
      .description('all webhooks')
      .action(async (options) => {
        const webhooks = await connectToController(options).webhooks();
        print(options.output, webhooks, () => formatWebhooks(webhooks));
      }),
  );
  webhook.addCommand(
    clientCommand('show')
      .description('one webhook, with the last attempts to tell it')
      .argument('<webhook>', 'name or id')
      .action(async (name, options) => {
        const found = await connectToController(options).webhook(name);
        print(options.output, found, () => formatWebhook(found));
      }),
  );
  webhook.addCommand(
    clientCommand('test')
      .description('send it a message that is of no event, and say what came of it')
      .argument('<webhook>', 'name or id')
      .action(async (name, options) => {
        const delivery = await connectToController(options).testWebhook(name);
        print(options.output, delivery, () => outcomeOf(delivery));
        if (delivery.outcome !== 'delivered') setExitCode(exitCodes.failed);
      }),
  );
  webhook.addCommand(
    clientCommand('delete')
      .description('tell it nothing more')
      .argument('<webhook>', 'name or id')
      .action(async (name, options) => {
        const gone = await connectToController(options).deleteWebhook(name);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  program.addCommand(webhook);
}

function addAddCommand(webhook: Command): void {
  webhook.addCommand(
    clientCommand('add')
      .description('have an address told what happens')
      .argument('<url>', 'https://… or http://…')
      .requiredOption(
        '--events <kinds>',
        'kinds of events: migration.updated, migration.*, or *; several with commas between them',
      )
      .requiredOption(
        '--secret-file <file>',
        'what messages are signed with, 16 characters or more; a newline at its end is not part of it',
      )
      .option('--name <name>', "the receiver's host unless said")
      .addHelpText('after', addExamples)
      .action(async (url, options) => {
        const made = await connectToController(options).addWebhook({
          name: options.name ?? URL.parse(url)?.hostname ?? url,
          url,
          kinds: options.events.split(',').map((kind) => kind.trim()),
          secret: readFileSync(options.secretFile, 'utf8').replace(/\r?\n$/, ''),
        });
        print(options.output, made, () => formatWebhook(made));
      }),
  );
}
