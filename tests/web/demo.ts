import { once } from 'node:events';
import { PlayFleet } from './play-fleet.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** `make demo-web`: a fleet to play with in a browser. Hosts are simulated: nothing is installed, and nothing is kept. */
async function main(): Promise<void> {
  say('Simulated hosts, a controller and its dashboard: this takes a few seconds.');
  await using fleet = await PlayFleet.open(
    { hosts: Number(process.env['HOSTS'] ?? 24), guestsPerHost: Number(process.env['GUESTS'] ?? 12) },
    { port: Number(process.env['PORT'] ?? 8780) },
  );
  await fleet.addUser('reader', 'read and no more', 'reader');
  say(`\n  ${fleet.url}/\n`);
  say(`  user admin, password ${fleet.password}`);
  say('  user reader, password "read and no more", who may look and change nothing\n');
  say('It shows the pages and proves nothing. Ctrl-C ends it.');
  await once(process, 'SIGINT');
}

await main();
