import { ensurePrerequisites, LabError } from '@ferry/lab';
import { realStage } from './real-stage.ts';
import { simulatedStage } from './simulated-stage.ts';
import { heading, runFerry, type Stage } from './stage.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function setStage(): Promise<Stage> {
  try {
    await ensurePrerequisites((line) => void say(line));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    say(
      `${error.message}\nWithout real hosts, the same is shown on simulated ones: it shows the commands and proves nothing.`,
    );
    return simulatedStage();
  }
  return realStage();
}

async function play(stage: Stage): Promise<void> {
  heading(
    'Two guests on plain libvirt hosts: "web" with its disk on compute11 alone, "db" on storage that all hosts share',
  );
  await stage.makeGuest('web', 'compute11', 'local');
  await stage.makeGuest('db', 'compute12', 'shared');
  say(await stage.lifeSign('web'));
  say(await stage.lifeSign('db'));

  heading('Take the hosts in as they are, and adopt what runs there');
  for (const uri of stage.hostUris) await runFerry(stage, ['host', 'add', uri]);
  say(
    'Their pools and disks say where guests may have files; the kernel and the logs of these guests are elsewhere:',
  );
  const allowed = ['/lab', '/shared', '/var/lib/libvirt', '/var/log/guests'].flatMap((one) => [
    '--allow-directory',
    one,
  ]);
  for (const host of ['compute11', 'compute12', 'compute13'])
    await runFerry(stage, ['host', 'set', host, ...allowed]);
  await runFerry(stage, ['instance', 'adopt', 'compute11', 'web']);
  await runFerry(stage, ['instance', 'adopt', 'compute12', 'db']);
  await runFerry(stage, ['host', 'list']);

  heading('Ask before moving: a stray file stands in the way on compute13, and the check says so');
  await stage.putStrayFile('web', 'compute13');
  await runFerry(stage, ['check', 'web', 'compute13'], 4);
  await stage.removeStrayFile('web', 'compute13');

  heading('Block live migration: disk and memory go to compute12 while the guest runs');
  say(`before: ${await stage.lifeSign('web')}`);
  await runFerry(stage, ['live-migrate', 'web', 'compute12', '--wait']);
  say(`after:  ${await stage.lifeSign('web')}`);

  heading('Live migration on shared storage: memory only');
  say(`before: ${await stage.lifeSign('db')}`);
  await runFerry(stage, ['live-migrate', 'db', 'compute13', '--wait']);
  say(`after:  ${await stage.lifeSign('db')}`);

  heading('Cold migration back to compute11: off, copied, verified, on');
  await runFerry(stage, ['migrate', 'web', 'compute11', '--shutdown-timeout', '0', '--wait']);
  say(`after:  ${await stage.lifeSign('web')} (a new boot)`);

  heading('The three moves');
  await runFerry(stage, ['migration', 'list']);
}

const started = performance.now();
const stage = await setStage();
try {
  await play(stage);
  say(`\nThe demo took ${Math.round((performance.now() - started) / 1000)} s.`);
} finally {
  if (process.env['DEMO_KEEP'] === '1') {
    say(stage.hint());
    process.exit();
  }
  await stage.down();
  say('All is taken down.');
}
