// What the form of an AI member holds while it is filled in, and the request that it becomes.

import type { AgentInfo, AgentPreset, AgentRequest, AgentSettings, Budget, Lang, SpeakMode, ToolServerInfo } from '../protocol';

export const FALLBACKS_MAX = 4;
export const PERSONA_CHARS_MAX = 8_000;

export const BUDGETS = ['tokens_day', 'tokens_month', 'money_day', 'money_month'] as const;

export interface AgentDraft {
  /** Only asked for when it is made. */
  handle: string;
  display_name: string;
  avatar: string;
  persona: string;
  /** Empty: the language of the question. */
  lang: Lang | '';
  /** Empty: the server's first. */
  model: string;
  fallbacks: string[];
  temperature: number | null;
  mode: SpeakMode;
  uses: 'all' | 'none' | 'chosen';
  tools: string[];
  /** An empty field is no limit. */
  budget: Record<(typeof BUDGETS)[number], number | null>;
  /** Ids of rooms to bring it into. */
  rooms: string[];
}

/** `rooms`: where a new one is brought unless one says otherwise. */
export function blank(rooms: string[]): AgentDraft {
  return {
    handle: '',
    display_name: '',
    avatar: '',
    persona: '',
    lang: '',
    model: '',
    fallbacks: [],
    temperature: null,
    mode: 'mention',
    uses: 'all',
    tools: [],
    budget: { tokens_day: null, tokens_month: null, money_day: null, money_month: null },
    rooms,
  };
}

export function fromAgent(agent: AgentInfo): AgentDraft {
  const { settings } = agent;
  const draft = blank([]);
  for (const name of BUDGETS) draft.budget[name] = settings.budget[name] ?? null;
  return {
    ...draft,
    handle: agent.handle,
    display_name: agent.display_name,
    avatar: agent.avatar ?? '',
    persona: settings.persona,
    lang: settings.lang ?? '',
    model: settings.model ?? '',
    fallbacks: [...settings.fallbacks],
    temperature: settings.temperature ?? null,
    mode: settings.mode,
    uses: settings.tools === undefined ? 'all' : settings.tools.length === 0 ? 'none' : 'chosen',
    tools: [...(settings.tools ?? [])],
  };
}

/** `isNew`: with the handle. */
export function toRequest(draft: AgentDraft, isNew: boolean): AgentRequest {
  const handle = draft.handle.trim().replace(/^@/, '');
  const budget: Budget = {};
  for (const name of BUDGETS) {
    const most = draft.budget[name];
    if (most !== null) budget[name] = most;
  }
  const settings: AgentSettings = {
    persona: draft.persona.trim(),
    fallbacks: draft.fallbacks.filter((name) => name !== draft.model),
    mode: draft.mode,
    budget,
  };
  if (draft.lang) settings.lang = draft.lang;
  if (draft.model) settings.model = draft.model;
  if (draft.temperature !== null) settings.temperature = draft.temperature;
  if (draft.uses !== 'all') settings.tools = draft.uses === 'none' ? [] : draft.tools;
  return {
    ...(isNew ? { handle } : {}),
    display_name: draft.display_name.trim() || handle,
    avatar: draft.avatar.trim(),
    settings,
    rooms: draft.rooms,
  };
}

export const isSame = (a: AgentDraft, b: AgentDraft): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the persona is somebody's own words, that a preset must not sweep away. */
export function isOwnWords(persona: string, presets: AgentPreset[]): boolean {
  const text = persona.trim();
  return text !== '' && !presets.some((preset) => preset.persona.trim() === text);
}

/** Puts a name at the end of a list, or takes it out. */
export function toggled(names: string[], name: string, on: boolean): string[] {
  const others = names.filter((other) => other !== name);
  return on ? [...others, name] : others;
}

export interface ToolGroup {
  /** Empty: the commands. */
  server: string;
  tools: string[];
}

const serverOf = (tool: string): string => (tool.includes('/') ? tool.slice(0, tool.indexOf('/')) : '');

/**
 * What may be chosen, by where it comes from: what the server offers, what tool servers have, and
 * what is chosen already though nobody offers it now. `server/*` stands before its tools.
 */
export function toolGroups(offered: string[], servers: ToolServerInfo[], chosen: string[]): ToolGroup[] {
  const names = new Set(offered);
  for (const server of servers) {
    names.add(`${server.name}/*`);
    for (const tool of server.tools) names.add(tool.name);
  }
  for (const name of chosen) names.add(name);
  for (const name of [...names]) if (serverOf(name)) names.add(`${serverOf(name)}/*`);
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(serverOf(name), [...(groups.get(serverOf(name)) ?? []), name]);
  return [...groups]
    .map(([server, tools]) => ({ server, tools: tools.sort((a, b) => Number(b.endsWith('/*')) - Number(a.endsWith('/*')) || a.localeCompare(b)) }))
    .sort((a, b) => a.server.localeCompare(b.server));
}

/** Whether a tool comes with all of its server's. */
export function isCovered(tool: string, chosen: string[]): boolean {
  const all = `${serverOf(tool)}/*`;
  return tool !== all && chosen.includes(all);
}
