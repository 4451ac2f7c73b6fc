// What happened in a room, as a line or more for people.

import type { Happening } from './log';
import type { Word } from './words';
import type { Event, SpeakMode } from '../protocol';

export type Say = (key: Word, values?: Record<string, string>) => string;

const MODE_CHANGED: Record<SpeakMode, Word> = {
  off: 'changedModeOff',
  mention: 'changedModeMention',
  ambient: 'changedModeAmbient',
};

const FIELDS: Record<string, Word> = {
  display_name: 'fieldName',
  avatar: 'fieldAvatar',
  persona: 'fieldPersona',
  lang: 'fieldLang',
  model: 'fieldModel',
  fallbacks: 'fieldFallbacks',
  temperature: 'fieldTemperature',
  tools: 'fieldTools',
  mode: 'fieldMode',
  budget: 'fieldBudget',
  rooms: 'fieldRooms',
};

/** A span of time in its largest whole unit. */
export function span(seconds: number, say: Say): string {
  if (seconds % 3_600 === 0) return say('spanHours', { n: `${seconds / 3_600}` });
  if (seconds % 60 === 0) return say('spanMinutes', { n: `${seconds / 60}` });
  return say('spanSeconds', { n: `${seconds}` });
}

/** Nothing where there is nothing to tell. `join` puts names of things behind each other. */
export function tell(happening: Pick<Happening, 'event' | 'changed'>, say: Say, join: (parts: string[]) => string): string[] {
  const { event } = happening;
  const by = `@${event.from}`;
  switch (event.kind) {
    case 'member.joined':
      return [event.user === event.from ? say('joined', { user: by }) : say('brought', { by, user: `@${event.user}` })];
    case 'member.left':
      return [say('left', { user: `@${event.user}` })];
    case 'member.removed':
      return [say(event.banned ? 'bannedUser' : 'removedUser', { by, user: `@${event.user}` })];
    case 'room.created':
      return [say('madeRoom', { by })];
    case 'room.changed':
      return happening.changed.map((setting) => {
        if (setting === 'mode') return say(MODE_CHANGED[event.mode], { by });
        if (setting === 'private_from_ai') return say(event.private_from_ai ? 'changedPrivateOn' : 'changedPrivateOff', { by });
        if (setting === 'slow_seconds') return event.slow_seconds ? say('changedSlow', { by, time: span(event.slow_seconds, say) }) : say('changedSlowOff', { by });
        if (setting === 'keep_days') return event.keep_days ? say('changedKeep', { by, n: `${event.keep_days}` }) : say('changedKeepOff', { by });
        if (setting === 'budget') return say('changedBudget', { by });
        return event.topic ? say('changedTopic', { by, topic: event.topic }) : say('clearedTopic', { by });
      });
    case 'agent.changed':
      return [agent(event, say, join)];
    default:
      return [];
  }
}

function agent(event: Event & { kind: 'agent.changed' }, say: Say, join: (parts: string[]) => string): string {
  // What the operator does in the configuration is told as the agent's own doing.
  const by = event.from === event.agent ? say('operator') : `@${event.from}`;
  const values = { by, agent: `@${event.agent}` };
  switch (event.change) {
    case 'made':
      return say('agentMade', values);
    case 'retired':
      return say('agentRetired', values);
    case 'restored':
      return say('agentRestored', values);
    case 'edited': {
      const fields = (event.fields ?? []).map((field) => {
        const word = FIELDS[field];
        return word ? say(word) : field;
      });
      return fields.length > 0 ? say('agentEdited', { ...values, fields: join(fields) }) : say('agentEditedSomehow', values);
    }
  }
}
