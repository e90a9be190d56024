import { makePostgresTemplate } from '@ferry/controller/test-database';
import type { TestProject } from 'vitest/node';
import { PrivatePostgres } from './private-postgres.ts';

/** One server for all files of the ring; each test has a database of its own on it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await PrivatePostgres.start();
  await makePostgresTemplate(postgres.url);
  project.provide('postgresUrl', postgres.url);
  return () => postgres[Symbol.asyncDispose]();
}
