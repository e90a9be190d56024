import { PrivatePostgres } from '../postgres/private-postgres.ts';
import { runLoad } from './run-load.ts';
await using postgres = await PrivatePostgres.start();
console.log(await runLoad({ migrations: 250, database: postgres.url, killEachMs: 20_000, leaseMs: 10_000 }));
