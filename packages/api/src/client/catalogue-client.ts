import type { BalancerBody, SetBalancerBody } from '../ferry/balancer.ts';
import type { FlavorBody, NewFlavorBody } from '../ferry/flavor.ts';
import type { ImageBody } from '../ferry/image.ts';
import type { EffectivePolicyBody, PolicyBody, SetPolicyBody } from '../ferry/policy.ts';
import type {
  ChangedSecurityGroupBody,
  InstanceGroupsBody,
  NewSecurityGroupBody,
  NewSecurityGroupRuleBody,
  SecurityGroupBody,
  SetInstanceGroupsBody,
} from '../ferry/security-group.ts';
import type {
  NewVolumeBody,
  NewVolumeTypeBody,
  SetVolumeBody,
  VolumeBody,
  VolumeTypeBody,
} from '../ferry/volume.ts';
import type {
  NewWebhookBody,
  WebhookBody,
  WebhookDeliveryBody,
  WebhookDetailBody,
} from '../ferry/webhook.ts';
import { HttpTransport, pathSegment } from './http-transport.ts';
import { readList } from './read-list.ts';

/** Where the controller is and who asks. */
export interface FerryClientOptions {
  /** `http://host:port` or `unix:/path/to/socket`. */
  readonly url: string;
  readonly token: string;
  /** Certificate authority that is believed beside those that Node knows, in PEM. */
  readonly authority?: string | undefined;
  /** Longest wait for one answer; 30 s when not given. */
  readonly timeoutMs?: number;
}

/** What instances are made of and moved by, as typed calls: images, flavors, volumes, packet filters, policies, webhooks. */
export class CatalogueClient {
  protected readonly http: HttpTransport;

  constructor(options: FerryClientOptions) {
    this.http = new HttpTransport(options);
  }

  flavors(): Promise<FlavorBody[]> {
    return this.all('/flavors', 'flavors');
  }

  addFlavor(body: NewFlavorBody): Promise<FlavorBody> {
    return this.http.json('POST', '/flavors', body);
  }

  deleteFlavor(nameOrId: string): Promise<FlavorBody> {
    return this.http.json('DELETE', `/flavors/${pathSegment(nameOrId)}`);
  }

  webhooks(): Promise<WebhookBody[]> {
    return this.all('/webhooks', 'webhooks');
  }

  webhook(nameOrId: string): Promise<WebhookDetailBody> {
    return this.http.json('GET', `/webhooks/${pathSegment(nameOrId)}`);
  }

  addWebhook(body: NewWebhookBody): Promise<WebhookBody> {
    return this.http.json('POST', '/webhooks', body);
  }

  deleteWebhook(nameOrId: string): Promise<WebhookBody> {
    return this.http.json('DELETE', `/webhooks/${pathSegment(nameOrId)}`);
  }

  /** Sends it a message of no event, now. */
  testWebhook(nameOrId: string): Promise<WebhookDeliveryBody> {
    return this.http.json('POST', `/webhooks/${pathSegment(nameOrId)}/test`);
  }

  images(host: string): Promise<ImageBody[]> {
    return this.all(`/hosts/${pathSegment(host)}/images`, 'images');
  }

  removeImage(host: string, path: string): Promise<ImageBody> {
    const query = `path=${encodeURIComponent(path)}`;
    return this.http.json('DELETE', `/hosts/${pathSegment(host)}/images?${query}`);
  }

  volumes(): Promise<VolumeBody[]> {
    return this.all('/volumes', 'volumes');
  }

  volume(nameOrId: string): Promise<VolumeBody> {
    return this.http.json('GET', `/volumes/${pathSegment(nameOrId)}`);
  }

  addVolume(body: NewVolumeBody): Promise<VolumeBody> {
    return this.http.json('POST', '/volumes', body);
  }

  setVolume(nameOrId: string, body: SetVolumeBody): Promise<VolumeBody> {
    return this.http.json('PATCH', `/volumes/${pathSegment(nameOrId)}`, body);
  }

  /** `content`: what is in a pool goes also where Ferry did not make it. */
  deleteVolume(nameOrId: string, content = false): Promise<VolumeBody> {
    return this.http.json('DELETE', `/volumes/${pathSegment(nameOrId)}?content=${content}`);
  }

  volumeTypes(): Promise<VolumeTypeBody[]> {
    return this.all('/volume-types', 'volumeTypes');
  }

  addVolumeType(body: NewVolumeTypeBody): Promise<VolumeTypeBody> {
    return this.http.json('POST', '/volume-types', body);
  }

  deleteVolumeType(nameOrId: string): Promise<VolumeTypeBody> {
    return this.http.json('DELETE', `/volume-types/${pathSegment(nameOrId)}`);
  }

  /** By name. */
  balancers(): Promise<BalancerBody[]> {
    return this.all('/balancers', 'balancers');
  }

  balancer(name: string): Promise<BalancerBody> {
    return this.http.json('GET', `/balancers/${pathSegment(name)}`);
  }

  /** What is not given is as it was, or as usual. */
  setBalancer(name: string, body: SetBalancerBody): Promise<BalancerBody> {
    return this.http.json('PUT', `/balancers/${pathSegment(name)}`, body);
  }

  deleteBalancer(name: string): Promise<BalancerBody> {
    return this.http.json('DELETE', `/balancers/${pathSegment(name)}`);
  }

  policies(): Promise<PolicyBody[]> {
    return this.all('/policies', 'policies');
  }

  policy(name: string): Promise<PolicyBody> {
    return this.http.json('GET', `/policies/${pathSegment(name)}`);
  }

  /** In place of what it said before. */
  setPolicy(name: string, body: SetPolicyBody): Promise<PolicyBody> {
    return this.http.json('PUT', `/policies/${pathSegment(name)}`, body);
  }

  deletePolicy(name: string): Promise<PolicyBody> {
    return this.http.json('DELETE', `/policies/${pathSegment(name)}`);
  }

  /** What holds for moves of an instance; `policy`: with one that a move would name. */
  effectivePolicy(instance: string, policy: string | null = null): Promise<EffectivePolicyBody> {
    const query = policy === null ? '' : `?policy=${encodeURIComponent(policy)}`;
    return this.http.json('GET', `/instances/${pathSegment(instance)}/policy${query}`);
  }

  securityGroups(): Promise<SecurityGroupBody[]> {
    return this.all('/security-groups', 'securityGroups');
  }

  securityGroup(nameOrId: string): Promise<SecurityGroupBody> {
    return this.http.json('GET', groupPath(nameOrId));
  }

  addSecurityGroup(body: NewSecurityGroupBody): Promise<SecurityGroupBody> {
    return this.http.json('POST', '/security-groups', body);
  }

  deleteSecurityGroup(nameOrId: string): Promise<SecurityGroupBody> {
    return this.http.json('DELETE', groupPath(nameOrId));
  }

  addSecurityGroupRule(nameOrId: string, body: NewSecurityGroupRuleBody): Promise<ChangedSecurityGroupBody> {
    return this.http.json('POST', `${groupPath(nameOrId)}/rules`, body);
  }

  deleteSecurityGroupRule(nameOrId: string, rule: string): Promise<ChangedSecurityGroupBody> {
    return this.http.json('DELETE', `${groupPath(nameOrId)}/rules/${pathSegment(rule)}`);
  }

  instanceGroups(instance: string): Promise<InstanceGroupsBody> {
    return this.http.json('GET', `/instances/${pathSegment(instance)}/security-groups`);
  }

  setInstanceGroups(instance: string, body: SetInstanceGroupsBody): Promise<InstanceGroupsBody> {
    return this.http.json('PUT', `/instances/${pathSegment(instance)}/security-groups`, body);
  }

  protected all<T>(
    path: string,
    noun: string,
    filter: Readonly<Record<string, string>> = {},
    most?: number,
  ): Promise<T[]> {
    return readList(this.http, { path, noun, filter, most });
  }
}

function groupPath(nameOrId: string): string {
  return `/security-groups/${pathSegment(nameOrId)}`;
}
