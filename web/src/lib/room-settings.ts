// What a `room.changed` carries, and what of it became another.

import type { RoomSummary, SpeakMode } from '../protocol';

export interface RoomSettings {
  topic: string;
  mode: SpeakMode;
  private_from_ai: boolean;
}

export type RoomSetting = keyof RoomSettings;

/** Summaries and events leave out what is false. */
export function settingsOf(told: Pick<RoomSummary, 'topic' | 'mode' | 'private_from_ai'>): RoomSettings {
  return { topic: told.topic, mode: told.mode, private_from_ai: told.private_from_ai ?? false };
}

export function changes(before: RoomSettings, after: RoomSettings): RoomSetting[] {
  return (['topic', 'mode', 'private_from_ai'] as const).filter((name) => before[name] !== after[name]);
}
