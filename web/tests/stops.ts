// Every page, panel and dialog, and how one gets there from the room, in the words of either language.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask, drawn, message, pair, post, say, world, type World } from './world';

let here: World;
export let ada: Page;
export let bo: Page;
let room: string;
let seqOfEdited: number;

const LONG = '沙龙是运行在自己机器上的群聊，AI 是其中的成员。它们有名字、在线状态和权限，被叫到时回答；用 Rust 写成，数据只在一个文件夹里，备份就是一个归档（2026 年起）。「引号」、《书名》、“双引号”都应当排得好看。';
const ENGLISH = 'The plan for Friday:\n\n1. Move the database — *carefully* — to the new disk\n2. Run `salon doctor` afterwards\n3. Tell **everybody** in #general, see https://example.org/notes\n\n> Measure twice, cut once.\n\nThen we rest.';
const CODE = '```rust\n/// Says hello.\nfn greet(name: &str) -> String {\n    format!("你好, {name}! {}", 42)\n}\n```';
const TABLE = '| room | 消息 | share |\n|---|---:|:-:|\n| general | 1,204 | 61 % |\n| 茶室 | 88 | 4 % |';

/** A house with talk of all kinds in its room: ada in English on a wide screen, 小波 in Chinese on a phone. */
export async function furnish(): Promise<World> {
  here = await world((question) => {
    if (question.startsWith('after the tool')) return { words: ['I asked for leave.'] };
    if (question.includes('kick')) return { words: [], call: { name: 'command', arguments: { line: '/kick 小波' } } };
    if (question.includes('break')) return { words: [], status: 500 };
    if (question.includes('总结')) return { words: ['好的，小结如下：\n\n- **数据库**周五迁移，由 ada 负责\n- 迁移后运行 `salon doctor`\n- 新的 AI 成员叫 @assistant'] };
    return { words: ['Of course. ', 'Here is what I would do:\n\n', '1. Read the log\n2. Look for `error`\n3. Tell @ada'] };
  });
  ({ ada, bo } = await pair(here));
  speaksChinese(bo);
  await post(ada, '/api/rooms', { name: '茶室', topic: '茶、水与耐心' });
  await post(ada, '/api/rooms', { name: 'plans', kind: 'private', topic: 'What we do next, and when' });
  await post(ada, '/api/rooms/general/messages', { text: '/topic Everything that is for all of us · 大家都看的事' });
  const first = await post(bo, '/api/rooms/general/messages', { text: LONG });
  await post(bo, '/api/rooms/general/messages', { text: '收到，周五见。🍵' });
  const plan = await post(ada, '/api/rooms/general/messages', { text: ENGLISH });
  await post(ada, '/api/rooms/general/messages', { text: CODE });
  await post(bo, '/api/rooms/general/messages', { text: '@ada 好的，我来看 `doctor` 的输出。', reply_to: plan.message_id });
  await post(bo, '/api/rooms/general/messages', { text: TABLE });
  await message(ada, '茶室').first().waitFor();
  await ada.locator('input[type=file]').setInputFiles([
    { name: 'leaf.png', mimeType: 'image/png', buffer: await drawn(ada, '#2f6f62', 900, 600) },
    { name: '配方.txt', mimeType: 'text/plain', buffer: Buffer.from('Water, leaves, patience.') },
  ]);
  await ada.locator('main textarea').fill('A leaf, and the recipe');
  await ada.getByRole('button', { name: 'Send', exact: true }).click();
  await message(bo, 'A leaf').waitFor();
  await say(ada, '@assistant what would you do?');
  await message(ada, 'Tell @ada').waitFor();
  await say(bo, '@assistant 总结一下');
  await message(ada, '小结如下').waitFor();
  await say(ada, '@assistant please kick him');
  await ada.getByRole('region', { name: 'Approval 1' }).waitFor();
  await message(ada, 'asked for leave').waitFor();
  await say(ada, '@assistant break');
  await message(ada, 'has a problem').waitFor();
  await post(bo, '/api/rooms/@ada/messages', { text: '有空吗？想聊聊周五的事。' });
  await ask(bo, 'POST', `/api/messages/${plan.message_id}/reactions`, { emoji: '👍' });
  await ask(ada, 'POST', `/api/messages/${plan.message_id}/reactions`, { emoji: '🎉' });
  await ask(bo, 'PATCH', `/api/messages/${first.message_id}`, { text: `${LONG}（已更正）` });
  await ask(ada, 'PUT', `/api/messages/${plan.message_id}/pin`);
  await ask(ada, 'POST', `/api/messages/${first.message_id}/forward`, { room: '茶室' });
  for (const page of [ada, bo]) {
    await ask(page, 'PUT', `/api/messages/${plan.message_id}/saved`);
    await ask(page, 'POST', '/api/later', { kind: 'reminder', room: 'general', text: 'The plan for Friday · 周五的计划', reply_to: plan.message_id, due_at: new Date(Date.now() + 86_400_000).toISOString() });
  }
  await ask(ada, 'PATCH', '/api/admin/users/小波', { role: 'admin' });
  seqOfEdited = first.seq;
  room = new URL(ada.url()).pathname;
  return here;
}

const chinese = new Set<Page>();
export const speaksChinese = (page: Page) => void chinese.add(page);

/** The words by which a page is steered. */
export const words = (page: Page, en: string, zh: string) => (chinese.has(page) ? zh : en);

async function openMenu(page: Page): Promise<void> {
  const button = page.locator('.to-menu').first();
  if (await button.isVisible()) await button.click();
  // On a phone it comes in from the side: until it is there nothing in it has a name.
  await page.locator('#side a[aria-current=page] .name').waitFor();
  await page.locator('#side').evaluate((side) => Promise.all(side.getAnimations().map((one) => one.finished)));
}

async function ofHouse(page: Page, en: string, zh: string): Promise<void> {
  await openMenu(page);
  await page.locator('.house button').click();
  await page.getByRole('menuitem', { name: words(page, en, zh) }).click();
  await page.locator('dialog[open]').waitFor();
}

async function inSidebar(page: Page, en: string, zh: string): Promise<void> {
  await openMenu(page);
  await page.locator('#side').getByRole('button', { name: words(page, en, zh), exact: true }).click();
  await page.locator('dialog[open]').waitFor();
}

async function onMessage(page: Page, text: string, en: string, zh: string): Promise<void> {
  const one = message(page, text).last();
  await one.focus();
  await one.press('Enter');
  await page.getByRole('menuitem', { name: words(page, en, zh), exact: true }).click();
  await page.locator('dialog[open]').waitFor();
}

const tab = (page: Page, en: string, zh: string) => page.locator('dialog[open]').getByRole('tab', { name: words(page, en, zh), exact: true }).click();

const PANELS = ['members', 'mentions', 'pins', 'saved', 'later', 'files', 'threads', 'reports'];

/** How one gets there from the room. */
export const STOPS: Record<string, (page: Page) => Promise<unknown>> = {
  room: (page) => message(page, 'has a problem').or(message(page, '遇到问题')).first().waitFor(),
  past: async (page) => {
    await page.goto(`${here.url}${room}?m=8`);
    await message(page, 'The plan for Friday').first().waitFor();
  },
  sidebar: openMenu,
  ...Object.fromEntries(
    PANELS.map((name) => [
      `panel-${name}`,
      async (page: Page) => {
        await page.goto(`${here.url}${room}?panel=${name}`);
        await page.locator(`[data-panel=${name}]`).waitFor();
        await page.locator(`[data-panel=${name}]`).locator('li, .empty').first().waitFor();
      },
    ]),
  ),
  'empty-pins': async (page) => {
    await page.goto(`${here.url}/room/@${words(page, '小波', 'ada')}?panel=pins`);
    await page.locator('[data-panel=pins]').waitFor();
  },
  message: async (page) => {
    const one = message(page, 'Tell @ada').first();
    await one.focus();
    await one.press('Enter');
    await page.getByRole('menuitem').first().waitFor();
  },
  settings: (page) => page.goto(`${here.url}${room}?settings=appearance`),
  account: async (page) => {
    await page.goto(`${here.url}${room}?settings=account`);
    await page.locator('dialog[open] .field').first().waitFor();
  },
  people: (page) => inSidebar(page, 'Write to somebody', '发起私聊'),
  'new-room': (page) => inSidebar(page, 'New room', '新建聊天室'),
  invite: (page) => inSidebar(page, 'Invite somebody', '邀请成员'),
  search: async (page) => {
    await inSidebar(page, 'Search', '搜索');
    await page.getByRole('searchbox').fill('doctor');
    await page.locator('.hit').first().waitFor();
  },
  switcher: async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
  },
  shortcuts: (page) => ofHouse(page, 'Keyboard shortcuts', '键盘快捷键'),
  admin: async (page) => {
    await ofHouse(page, 'Administration', '管理');
    await page.locator('[data-user=ada]').waitFor();
  },
  'admin-storage': async (page) => {
    await ofHouse(page, 'Administration', '管理');
    await tab(page, 'Rooms and storage', '聊天室与存储');
    await page.getByRole('rowheader', { name: '#general' }).waitFor();
  },
  'admin-health': async (page) => {
    await ofHouse(page, 'Administration', '管理');
    await tab(page, 'Health', '运行状况');
    await page.getByText('SQLite').waitFor();
  },
  'admin-audit': async (page) => {
    await ofHouse(page, 'Administration', '管理');
    await tab(page, 'Audit', '审计');
    await page.locator('dialog[open]').getByText('/kick').first().waitFor();
  },
  agents: async (page) => {
    await inSidebar(page, 'AI members', 'AI 成员');
    await page.locator('dialog[open]').getByText('@assistant').first().waitFor();
  },
  'agent-form': async (page) => {
    await inSidebar(page, 'AI members', 'AI 成员');
    await page.locator('dialog[open]').getByRole('button', { name: words(page, 'New AI member', '新建 AI 成员') }).click();
    await page.locator('dialog[open] textarea').first().waitFor();
  },
  usage: async (page) => {
    await inSidebar(page, 'AI members', 'AI 成员');
    await tab(page, 'Usage', '用量');
    await page.locator('dialog[open]').getByText(words(page, 'You', '你'), { exact: true }).waitFor();
  },
  tools: async (page) => {
    await inSidebar(page, 'AI members', 'AI 成员');
    await tab(page, 'Tool servers', '工具服务器');
    await page.locator('dialog[open]').getByText(words(page, 'There are none yet.', '还没有工具服务器。')).waitFor();
  },
  lens: async (page) => {
    // Of the rows that are drawn another may come to be the first, and an answer that failed read nothing.
    await message(page, 'Tell @ada').first().getByRole('button', { name: words(page, 'spoke because ada mentioned it', '发言原因：ada 提及了它') }).click();
    await page.locator('dialog[open]').getByText(words(page, 'Tokens read', '读入 token')).first().waitFor();
  },
  gallery: async (page) => {
    const leaf = page.getByRole('button', { name: /leaf\.png/ }).first();
    await leaf.scrollIntoViewIfNeeded();
    // Until it is drawn, what is above it still moves.
    await expect.poll(() => leaf.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    await leaf.click();
    await page.locator('dialog[open] img').waitFor();
  },
  forward: (page) => onMessage(page, 'Tell @ada', 'Forward', '转发'),
  remind: (page) => onMessage(page, 'Tell @ada', 'Remind me', '提醒我'),
  versions: async (page) => {
    await page.goto(`${here.url}${room}?m=${seqOfEdited}`);
    await message(page, '（已更正）').getByRole('button', { name: words(page, 'edited', '已编辑') }).click();
    await page.locator('dialog[open] li').first().waitFor();
  },
  mode: async (page) => {
    await page.getByRole('button', { name: words(page, 'AI members here: When addressed', '本室 AI 成员：被叫到时') }).click();
    await page.getByRole('menuitemradio').first().waitFor();
  },
  bell: async (page) => {
    await page.getByRole('button', { name: words(page, 'Notifications:', '通知：') }).click();
    await page.getByRole('menuitemradio').first().waitFor();
  },
};

export async function visit(page: Page, stop: string): Promise<void> {
  await page.goto(`${here.url}${room}`);
  await message(page, 'Tell @ada').first().waitFor();
  await STOPS[stop]!(page);
  await expect.poll(() => page.locator('dialog[open]').getByText(/^(Loading…|加载中…)$/).count()).toBe(0);
}
