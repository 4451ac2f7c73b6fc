// The AI members with all that they can be made of, as the page about them shows it.

import { get, post, request } from '../lib/api';
import { toRequest, type AgentDraft } from '../lib/agents';
import type { AgentInfo, Agents, ToolServerInfo, ToolServers } from '../protocol';
import { inWords } from './refusal';

export class AgentsPage {
  all = $state.raw<Agents | null>(null);
  /** Tool servers, as far as one may see them. */
  servers = $state.raw<ToolServerInfo[]>([]);
  refused = $state('');

  async load(): Promise<void> {
    this.refused = '';
    try {
      this.all = await get<Agents>('/api/agents');
    } catch (error) {
      this.refused = inWords(error);
    }
  }

  /** Only admins are told; others choose from what is offered to all. */
  async loadServers(): Promise<void> {
    this.servers = (await get<ToolServers>('/api/tool-servers').catch(() => ({ servers: [] }))).servers;
  }

  /** Makes an agent, or changes the one with that handle. Refusals are the caller's to show. */
  async save(draft: AgentDraft, handle: string | null): Promise<AgentInfo> {
    const body = toRequest(draft, handle === null);
    const agent = handle === null
      ? await post<AgentInfo>('/api/agents', body)
      : await request<AgentInfo>('PATCH', path(handle), body);
    await this.load();
    return agent;
  }

  async retire(handle: string): Promise<void> {
    await request('DELETE', path(handle));
    await this.load();
  }

  async restore(handle: string): Promise<void> {
    await post(`${path(handle)}/restore`, {});
    await this.load();
  }
}

const path = (handle: string) => `/api/agents/${encodeURIComponent(handle)}`;
