const [, , root] = process.argv;
const { PrivatePostgres } = await import(`${root}/tests/postgres/private-postgres.ts`);
const { runLoad } = await import(`${root}/tests/load/run-load.ts`);
await using postgres = await PrivatePostgres.start();
const result = await runLoad({
  migrations: 500,
  database: postgres.url,
  killEachMs: null,
  leaseMs: 3000,
  stepMs: 15000,
});
console.log(root, JSON.stringify(result));
