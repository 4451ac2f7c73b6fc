// What a `room.changed` carries, and what of it became another.

import type { Budget, RoomSummary, SpeakMode } from '../protocol';

export interface RoomSettings {
  topic: string;
  mode: SpeakMode;
  private_from_ai: boolean;
  budget: Budget;
  slow_seconds: number;
  keep_days: number;
}

export type RoomSetting = keyof RoomSettings;

/** Summaries and events leave out what is false or not limited. */
export function settingsOf(told: Pick<RoomSummary, 'topic' | 'mode' | 'private_from_ai' | 'budget' | 'slow_seconds' | 'keep_days'>): RoomSettings {
  return { topic: told.topic, mode: told.mode, private_from_ai: told.private_from_ai ?? false, budget: told.budget ?? {}, slow_seconds: told.slow_seconds ?? 0, keep_days: told.keep_days ?? 0 };
}

export function changes(before: RoomSettings, after: RoomSettings): RoomSetting[] {
  const as = (settings: RoomSettings, name: RoomSetting) => JSON.stringify(settings[name]);
  return (['topic', 'mode', 'private_from_ai', 'budget', 'slow_seconds', 'keep_days'] as const).filter((name) => as(before, name) !== as(after, name));
}
