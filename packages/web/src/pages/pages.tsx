import { type ComponentType, lazy } from 'react';
import type { MessageKey } from '../i18n/en.ts';
import type { IconName } from '../ui/icon.tsx';
import { Fleet } from './fleet/fleet.tsx';

interface PageEntry {
  readonly path: string;
  readonly page: ComponentType<{ readonly id: string }>;
}

/** Pages by their addresses. What opens first comes with the page, the others when they are opened. */
export const pages: readonly PageEntry[] = [
  { path: '/fleet', page: Fleet },
  {
    path: '/instances/:id',
    page: lazy(async () => ({ default: (await import('./instance/instance-page.tsx')).InstancePage })),
  },
  {
    path: '/hosts',
    page: lazy(async () => ({ default: (await import('./hosts/hosts-page.tsx')).HostsPage })),
  },
  {
    path: '/hosts/:id',
    page: lazy(async () => ({ default: (await import('./host/host-page.tsx')).HostPage })),
  },
  {
    path: '/migrations',
    page: lazy(async () => ({ default: (await import('./migrations/migrations-page.tsx')).MigrationsPage })),
  },
  {
    path: '/migrations/:id',
    page: lazy(async () => ({ default: (await import('./migration/migration-page.tsx')).MigrationPage })),
  },
  {
    path: '/plans',
    page: lazy(async () => ({ default: (await import('./plans/plans-page.tsx')).PlansPage })),
  },
  {
    path: '/plans/:id',
    page: lazy(async () => ({ default: (await import('./plan/plan-page.tsx')).PlanPage })),
  },
  {
    path: '/images',
    page: lazy(async () => ({ default: (await import('./resources/images-page.tsx')).ImagesPage })),
  },
  {
    path: '/images/:id',
    page: lazy(async () => ({ default: (await import('./resource/image-page.tsx')).ImagePage })),
  },
  {
    path: '/volumes',
    page: lazy(async () => ({ default: (await import('./resources/volumes-page.tsx')).VolumesPage })),
  },
  {
    path: '/volumes/:id',
    page: lazy(async () => ({ default: (await import('./resource/volume-page.tsx')).VolumePage })),
  },
  {
    path: '/networks',
    page: lazy(async () => ({ default: (await import('./resources/networks-page.tsx')).NetworksPage })),
  },
  {
    path: '/networks/:id',
    page: lazy(async () => ({ default: (await import('./resource/network-page.tsx')).NetworkPage })),
  },
  {
    path: '/security-groups',
    page: lazy(async () => ({
      default: (await import('./resources/security-groups-page.tsx')).SecurityGroupsPage,
    })),
  },
  {
    path: '/security-groups/:id',
    page: lazy(async () => ({
      default: (await import('./resource/security-group-page.tsx')).SecurityGroupPage,
    })),
  },
  {
    path: '/flavors',
    page: lazy(async () => ({ default: (await import('./resources/flavors-page.tsx')).FlavorsPage })),
  },
  {
    path: '/flavors/:id',
    page: lazy(async () => ({ default: (await import('./resource/flavor-page.tsx')).FlavorPage })),
  },
  {
    path: '/keypairs',
    page: lazy(async () => ({ default: (await import('./resources/keypairs-page.tsx')).KeypairsPage })),
  },
  {
    path: '/keypairs/:id',
    page: lazy(async () => ({ default: (await import('./resource/keypair-page.tsx')).KeypairPage })),
  },
  {
    path: '/activity',
    page: lazy(async () => ({ default: (await import('./activity/activity-page.tsx')).ActivityPage })),
  },
  {
    path: '/settings',
    page: lazy(async () => ({ default: (await import('./settings/settings-page.tsx')).SettingsPage })),
  },
  {
    path: '/settings/webhooks/:id',
    page: lazy(async () => ({ default: (await import('./settings/webhook-page.tsx')).WebhookPage })),
  },
];

interface SidebarEntry {
  readonly path: string;
  readonly name: MessageKey;
  readonly icon: IconName;
  /** Shown to administrators alone. */
  readonly isAdmins?: boolean;
}

/** Those that stand in the sidebar, in groups. */
const inSidebar: readonly (readonly SidebarEntry[])[] = [
  [
    { path: '/fleet', name: 'fleet.title', icon: 'fleet' },
    { path: '/hosts', name: 'hosts.title', icon: 'host' },
    { path: '/migrations', name: 'migrations.title', icon: 'moves' },
    { path: '/plans', name: 'plans.title', icon: 'plan' },
  ],
  [
    { path: '/images', name: 'images.title', icon: 'image' },
    { path: '/volumes', name: 'volumes.title', icon: 'volume' },
    { path: '/networks', name: 'networks.title', icon: 'network' },
    { path: '/security-groups', name: 'groups.title', icon: 'shield' },
    { path: '/flavors', name: 'flavors.title', icon: 'flavor' },
    { path: '/keypairs', name: 'keypairs.title', icon: 'key' },
  ],
  [
    { path: '/activity', name: 'activity.title', icon: 'activity', isAdmins: true },
    { path: '/settings', name: 'settings.title', icon: 'sliders' },
  ],
];

/** What of it somebody is shown. */
export function sidebarOf(isAdmin: boolean): readonly (readonly SidebarEntry[])[] {
  return inSidebar.map((group) => group.filter((one) => isAdmin || one.isAdmins !== true));
}
