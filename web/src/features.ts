// Where features are put: one line each for what stands in the side panel, for a tab of the
// settings, for what one can do with a message, and for the menu of the house.
//
// Whatever is named here is fetched when it is wanted, never at the start of the page.

import type { Component } from 'svelte';
import type { IconName } from './components/Icon.svelte';
import { toClipboard } from './lib/clipboard';
import type { Word } from './lib/words';
import type { MessageView } from './protocol';
import { why } from './state/asking.svelte';
import { dialogs } from './state/dialogs.svelte';
import { t } from './state/lang.svelte';
import { roomPath, route } from './state/route.svelte';
import type { Room } from './state/room.svelte';
import type { Session } from './state/session.svelte';

/** What a panel is given. `of` is what it shows of its kind: a message's id, words to search. */
export type PanelProps = { session: Session; room: Room | undefined; of: string; close: () => void };

export interface PanelEntry {
  title: Word;
  icon: IconName;
  load: () => Promise<{ default: Component<PanelProps> }>;
  /** Where one opens it: the menu of a room, or the list of the house. Without it, something else does. */
  from?: 'room' | 'house';
  /** How much waits in it, beside its name in the list of the house. */
  count?: (session: Session) => number;
  /** Whether it is there for whoever looks. */
  when?: (session: Session, room: Room | undefined) => boolean;
}

/** By the name that stands in the address: `route.showPanel(name, of)`. */
export const PANELS: Record<string, PanelEntry> = {
  members: {
    title: 'members',
    icon: 'people',
    load: () => import('./components/Members.svelte'),
    when: (_, room) => room?.summary.kind !== 'direct',
  },
  mentions: {
    title: 'mentionsPanel',
    icon: 'modeMention',
    load: () => import('./components/MentionsPanel.svelte'),
    from: 'house',
    count: (session) => session.mentions,
  },
  reports: {
    title: 'reportsPanel',
    icon: 'flag',
    load: () => import('./components/moderation/ReportsPanel.svelte'),
    from: 'room',
    when: (_, room) => room?.summary.kind !== 'direct',
  },
  pins: { title: 'pinsPanel', icon: 'pin', load: () => import('./components/kept/PinsPanel.svelte'), from: 'room' },
  threads: {
    title: 'threadsPanel',
    icon: 'thread',
    load: () => import('./components/threads/ThreadsPanel.svelte'),
    from: 'house',
    count: (session) => session.threads.unread,
  },
  thread: { title: 'thread', icon: 'thread', load: () => import('./components/threads/ThreadPanel.svelte') },
  saved: { title: 'savedPanel', icon: 'bookmark', load: () => import('./components/kept/SavedPanel.svelte'), from: 'house' },
  later: {
    title: 'laterPanel',
    icon: 'clock',
    load: () => import('./components/later/LaterPanel.svelte'),
    from: 'house',
    count: (session) => session.plans.waiting,
  },
  poll: { title: 'newPoll', icon: 'bars', load: () => import('./components/polls/NewPoll.svelte'), from: 'room' },
  keep: {
    title: 'keepPanel',
    icon: 'clock',
    load: () => import('./components/moderation/KeepPanel.svelte'),
    from: 'room',
    when: (session, room) => session.isAdmin && room?.summary.kind !== 'direct',
  },
  files: { title: 'filesPanel', icon: 'file', load: () => import('./components/files/FilesPanel.svelte'), from: 'room' },
};

export type SettingsProps = { session: Session; leave: () => void };

export interface SettingsEntry {
  name: string;
  title: Word;
  load: () => Promise<{ default: Component<SettingsProps> }>;
  when?: (session: Session) => boolean;
}

/** The tabs of the settings, in their order: `route.showSettings(name)`. */
export const SETTINGS: SettingsEntry[] = [
  { name: 'appearance', title: 'appearance', load: () => import('./components/settings/Appearance.svelte') },
  { name: 'notifications', title: 'notificationSettings', load: () => import('./components/settings/NotificationSettings.svelte') },
  { name: 'emoji', title: 'emojiOwn', load: () => import('./components/settings/EmojiSettings.svelte'), when: (session) => session.me.role !== 'guest' },
  { name: 'account', title: 'account', load: () => import('./components/account/AccountSettings.svelte') },
];

/** What the place where a message stands does with it. */
export interface Acts {
  reply: (view: MessageView) => void;
  edit: (view: MessageView) => void;
  inspect: (view: MessageView) => void;
  /** Opens one of `MESSAGE_DIALOGS`. */
  show: (dialog: string, view: MessageView) => void;
}

/** What opens over the page and is about one message: `acts.show(name, view)`. */
export const MESSAGE_DIALOGS: Record<string, () => Promise<{ default: Component<MessageDialogProps> }>> = {
  versions: () => import('./components/kept/Versions.svelte'),
  remind: () => import('./components/later/Remind.svelte'),
  forward: () => import('./components/kept/Forward.svelte'),
  report: () => import('./components/moderation/Report.svelte'),
  removal: () => import('./components/moderation/Remove.svelte'),
  mute: () => import('./components/moderation/SanctionAuthor.svelte'),
  kick: () => import('./components/moderation/SanctionAuthor.svelte'),
};

/** `name` is what it was opened as. */
export type MessageDialogProps = { session: Session; room: Room; view: MessageView; name: string; close: () => void };

export interface OnMessage {
  session: Session;
  room: Room;
  view: MessageView;
  acts: Acts;
}

export interface MessageAction {
  name: string;
  /** May say `{name}`: who wrote the message. */
  title: Word;
  icon: IconName;
  /** In the bar over the message too; all of them are in its menu. */
  bar?: boolean;
  bad?: boolean;
  /** Opens a dialog. */
  dialog?: boolean;
  when?: (on: OnMessage) => boolean;
  run: (on: OnMessage) => unknown;
}

/** Whoever wrote it is still here, and one may act on them. */
const isUnder = ({ session, room, view }: OnMessage) => room.members.some((member) => member.handle === view.from && session.maySanction(room, member));
const isOwn = ({ session, view }: OnMessage) => view.from === session.me.handle;

/** What one can do with a message, in its order. */
export const MESSAGE_ACTIONS: MessageAction[] = [
  { name: 'reply', title: 'reply', icon: 'reply', bar: true, run: ({ acts, view }) => acts.reply(view) },
  { name: 'thread', title: 'openThread', icon: 'thread', when: ({ view }) => view.thread_id !== undefined || view.replies !== undefined, run: ({ view }) => route.showPanel('thread', view.thread_id ?? view.id) },
  {
    name: 'why',
    title: 'why',
    icon: 'question',
    bar: true,
    dialog: true,
    // Somebody is here who could have answered.
    when: ({ room, view }) => view.from_kind !== 'agent' && !view.private_from_ai && room.members.some((member) => member.kind === 'agent'),
    run: ({ acts, view }) => acts.inspect(view),
  },
  { name: 'edit', title: 'edit', icon: 'edit', bar: true, when: (on) => isOwn(on) && !on.view.forwarded && !on.view.poll, run: ({ acts, view }) => acts.edit(view) },
  { name: 'forward', title: 'forward', icon: 'forward', dialog: true, run: ({ acts, view }) => acts.show('forward', view) },
  { name: 'pin', title: 'pin', icon: 'pin', when: ({ view }) => !view.pinned_by, run: ({ session, view }) => session.kept.pin(view.id, true) },
  { name: 'unpin', title: 'unpin', icon: 'pin', when: ({ view }) => view.pinned_by !== undefined, run: ({ session, view }) => session.kept.pin(view.id, false) },
  { name: 'save', title: 'saveMessage', icon: 'bookmark', when: ({ session, view }) => !session.kept.has(view.id), run: ({ session, view }) => session.kept.save(view.id, true) },
  { name: 'unsave', title: 'unsaveMessage', icon: 'bookmark', when: ({ session, view }) => session.kept.has(view.id), run: ({ session, view }) => session.kept.save(view.id, false) },
  { name: 'remind', title: 'remindMe', icon: 'clock', dialog: true, run: ({ acts, view }) => acts.show('remind', view) },
  { name: 'unread', title: 'markUnread', icon: 'unread', run: ({ session, room, view }) => session.standings.markUnread(room, view.seq) },
  { name: 'copy', title: 'copyText', icon: 'copy', run: ({ view }) => toClipboard(view.text) },
  {
    name: 'link',
    title: 'copyLink',
    icon: 'link',
    run: ({ room, view }) => toClipboard(`${location.origin}${roomPath(room.id)}?m=${view.seq}`),
  },
  {
    name: 'unpreview',
    title: 'dropPreviews',
    icon: 'hidden',
    when: (on) => (on.view.previews?.length ?? 0) > 0 && (isOwn(on) || on.session.moderates(on.room)),
    run: async (on) => {
      const reason = isOwn(on) ? '' : await why(t('dropPreviewsWhy', { user: on.view.from }), t('dropPreviews'));
      if (reason !== null) void on.session.kept.dropPreviews(on.view.id, reason);
    },
  },
  {
    name: 'report',
    title: 'report',
    icon: 'flag',
    dialog: true,
    when: (on) => !isOwn(on) && on.room.summary.kind !== 'direct' && !on.session.moderates(on.room),
    run: ({ acts, view }) => acts.show('report', view),
  },
  { name: 'mute', title: 'muteUser', icon: 'lock', dialog: true, when: isUnder, run: ({ acts, view }) => acts.show('mute', view) },
  {
    name: 'removeOther',
    title: 'removeOther',
    icon: 'trash',
    bar: true,
    bad: true,
    dialog: true,
    when: (on) => !isOwn(on) && on.session.moderates(on.room),
    run: ({ acts, view }) => acts.show('removal', view),
  },
  { name: 'kick', title: 'kickUser', icon: 'out', bad: true, dialog: true, when: isUnder, run: ({ acts, view }) => acts.show('kick', view) },
  {
    name: 'remove',
    title: 'remove',
    icon: 'trash',
    bar: true,
    bad: true,
    when: isOwn,
    run: ({ session, room, view }) => session.askToRemove(room, view.id),
  },
];

export interface HouseAction {
  name: string;
  title: Word;
  icon: IconName;
  when?: (session: Session) => boolean;
  run: (session: Session) => unknown;
}

/** The menu of the house, behind one's own name. */
export const HOUSE_MENU: HouseAction[] = [
  { name: 'settings', title: 'settings', icon: 'settings', run: () => route.showSettings(SETTINGS[0]?.name ?? '') },
  { name: 'admin', title: 'administration', icon: 'shield', when: (session) => session.isAdmin, run: () => (dialogs.open = 'admin') },
  { name: 'shortcuts', title: 'shortcuts', icon: 'keyboard', run: () => (dialogs.open = 'shortcuts') },
];
