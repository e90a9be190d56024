import type {
  HostBody,
  HostDetailBody,
  InstanceBody,
  MigrationBody,
  PlanBody,
  PlanDetailBody,
  PlanStepBody,
  SessionBody,
} from '@ferry/api';
import { QueryClient, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { ferry } from './ferry.ts';
import { json, Problem } from './request.ts';

/** How often what has no event of its own is looked at while something goes on. */
const lookMs = 1_000;

export const queries: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say what is new; a page that is opened again shows what there is, and looks.
      staleTime: 5_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 3 && error instanceof Problem && error.status === 0,
    },
  },
});

export function useSession(): UseQueryResult<SessionBody> {
  return useQuery({ queryKey: ['session'], queryFn: ferry.session, staleTime: 60_000 });
}

/** Whether who is signed in has a role of Ferry's own API, or one that includes it; a button that needs more is not shown. */
export function useMay(role: 'operator' | 'admin'): boolean {
  const own = useSession().data?.user?.role ?? null;
  return own === 'admin' || own === role;
}

export function useHosts(): UseQueryResult<HostBody[]> {
  return useQuery({ queryKey: ['hosts'], queryFn: ({ signal }) => ferry.hosts(signal) });
}

/** A host with what it runs; told anew with the list of hosts. */
export function useHost(id: string): UseQueryResult<HostDetailBody> {
  return useQuery({ queryKey: ['hosts', 'one', id], queryFn: () => ferry.host(id) });
}

/** All instances by id. The first pages show before the last has come; afterwards single ones are replaced by events. */
export function useInstances(): UseQueryResult<ReadonlyMap<string, InstanceBody>> {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['instances'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const isFirst = client.getQueryData(['instances']) === undefined;
      const all = await ferry.instances({
        signal,
        ...(isFirst ? { page: (some) => client.setQueryData(['instances'], byId(some)) } : {}),
      });
      return byId(all);
    },
  });
}

export function useInstance(id: string): UseQueryResult<InstanceBody> {
  return useQuery({ queryKey: ['instance', id], queryFn: () => ferry.instance(id) });
}

/** Migrations that are not over, with how far they are; looked at again and again while there are any. */
export function useOpenMigrations(): UseQueryResult<MigrationBody[]> {
  return useQuery({
    queryKey: ['migrations', 'open'],
    queryFn: () => ferry.migrations({ open: 'true', limit: '200' }),
    refetchInterval: ({ state }) => ((state.data ?? []).some(isMoving) ? lookMs : false),
  });
}

export function useMigrations(filter: Readonly<Record<string, string>>): UseQueryResult<MigrationBody[]> {
  return useQuery({ queryKey: ['migrations', filter], queryFn: () => ferry.migrations(filter) });
}

export function useMigration(id: string): UseQueryResult<MigrationBody> {
  return useQuery({
    queryKey: ['migration', id],
    queryFn: () => ferry.migration(id),
    refetchInterval: ({ state }) => (state.data !== undefined && isMoving(state.data) ? lookMs : false),
  });
}

export function usePlans(): UseQueryResult<PlanBody[]> {
  return useQuery({ queryKey: ['plans'], queryFn: () => ferry.plans() });
}

/** A plan with its steps; looked at again and again while moves of it run, as no event tells how far they are. */
export function usePlan(id: string): UseQueryResult<PlanDetailBody & { readonly steps: PlanStepBody[] }> {
  return useQuery({
    queryKey: ['plan', id],
    queryFn: async () => ({ ...(await ferry.plan(id)), steps: await ferry.planSteps(id) }),
    refetchInterval: ({ state }) =>
      state.data?.plan.state === 'running' || state.data?.plan.state === 'cancelling' ? lookMs : false,
  });
}

/** Whether it goes on by itself: one that is held waits for a person. */
export function isMoving({ finishedAt, status }: MigrationBody): boolean {
  return finishedAt === null && status !== 'finished';
}

function byId(all: readonly InstanceBody[]): ReadonlyMap<string, InstanceBody> {
  return new Map(all.map((one) => [one.id, one]));
}

interface Aggregates {
  readonly aggregates: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

/** Names of the host aggregates of the compute API that a host is in. */
export async function groupsOfHost(host: string): Promise<readonly string[]> {
  const { aggregates } = await json<Aggregates>('GET', '/v2.1/os-aggregates');
  return aggregates.filter(({ hosts }) => hosts.includes(host)).map(({ name }) => name);
}
