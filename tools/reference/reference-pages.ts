import { metricsDocument } from '@ferry/controller/metrics';
import { apiPage } from './api-page.ts';
import { cliPage } from './cli-page.ts';
import { doctorPage } from './doctor-page.ts';
import { errorsPage } from './errors-page.ts';
import { settingsPage } from './settings-page.ts';

/** The pages of docs/reference as they are to be, by the names of their files. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['api.md', await apiPage()],
    ['cli.md', cliPage()],
    ['doctor.md', doctorPage()],
    ['../errors.md', errorsPage()],
    ['metrics.md', metricsDocument()],
    ['settings.md', settingsPage()],
  ]);
}
