import { metricsDocument } from '@ferry/controller/metrics';

/** The pages of docs/reference as they are to be, by the names of their files. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(new Map([['metrics.md', metricsDocument()]]));
}
