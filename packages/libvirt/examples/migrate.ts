// Moves a running domain from one host to another, peer to peer, and shows how far it is.
// usage: node migrate.ts qemu+tls://a/system web qemu+tls://b/system
import {
  ClientError,
  ConnectionPool,
  JobStat,
  MigrateFlag,
  MigrateParam,
  numberOf,
  parametersFrom,
} from '@ferry/libvirt';

const [uri = '', name = '', target = ''] = process.argv.slice(2);
const pool = new ConnectionPool(uri);
const { dom } = await pool.call('domainLookupByName', { name });
const connection = await pool.open(); // The call lasts as long as the migration: a connection of its own.
const moving = connection.call(
  'domainMigratePerform3Params',
  {
    dom,
    dconnuri: target,
    params: parametersFrom({ [MigrateParam.bandwidth]: { type: 'ullong', value: 100n } }), // MiB/s
    cookieIn: new Uint8Array(),
    flags: MigrateFlag.live | MigrateFlag.peer2peer | MigrateFlag.persistDest | MigrateFlag.undefineSource,
  },
  { deadlineMs: Number.POSITIVE_INFINITY },
);
const watch = setInterval(() => {
  // The urgent lane: a call that hangs in the daemon does not hold this one up.
  pool.call('domainGetJobStats', { dom, flags: 0 }, { lane: 'urgent' }).then(
    ({ params }) => console.log('bytes of memory left', numberOf(params, JobStat.memoryRemaining)),
    () => undefined, // Between two states, or moved.
  );
}, 500);
try {
  await moving;
  console.log('moved, as libvirt says; now look at both hosts');
} catch (error) {
  if (error instanceof ClientError && error.mayHaveRun) console.log('not known: look at both hosts');
  throw error;
} finally {
  clearInterval(watch);
  connection.destroy();
  await pool.close();
}
