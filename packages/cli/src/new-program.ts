import { Command } from '@commander-js/extra-typings';
import { readyToPrint } from './output/print.ts';
import manifest from '../package.json' with { type: 'json' };

/** `ferry` as it is called and what its help says after the list of commands, without any command. */
export function newProgram(): Command {
  return new Command('ferry')
    .description('Moves virtual machines between libvirt/QEMU hosts, cold and live.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', examples)
    .hook('preAction', async (_, command) => readyToPrint(command.optsWithGlobals()['output']));
}

const examples = `
Examples:
  ferry init                                     set a controller up on this machine, and start it
  ferry serve                                    start a controller in the foreground
  ferry host add qemu+tcp://compute11/system     take in a host as it is
  ferry host add --from hosts.yaml               take in all hosts of a file
  ferry instance adopt compute11 web             take in a VM that runs there
  ferry check web compute12                      would it move? every finding, nothing changed
  ferry forecast web compute12                   how long would it take, would it end?
  ferry rehearse web compute12                   all of the move but the move
  ferry live-migrate web compute12 --wait        move it while it runs
  ferry migrate web                              move it powered off, Ferry chooses the host
  ferry drain compute11 --dry-run                what it takes to empty a host; without --dry-run: do it
  ferry console web                              its serial console in this terminal
  ferry user create ada --project research       a user for the openstack client, with a role
  ferry evacuate web                             start it elsewhere, its host is gone
  source <(ferry complete bash)                  completion in this shell (also zsh, fish, powershell)

Exit codes: 0 done, 1 failed or did not move, 2 wrong usage, 3 no controller, 4 a check forbids it,
            5 not allowed, 6 no such thing or its name is not unique.
Environment: FERRY_URL (http://… or unix:/…), FERRY_TOKEN, FERRY_DATA (data directory).`;
