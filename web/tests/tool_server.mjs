// A server of one tool, over pipes: `node tool_server.mjs GATE`. It says how far it is and goes on once
// the file GATE is there.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const gate = process.argv[2];
const write = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
const tool = {
  name: 'read',
  description: 'Reads the note of a day.',
  inputSchema: { type: 'object', properties: { day: { type: 'string' } } },
  annotations: { readOnlyHint: true },
};

async function call(id, { arguments: { day }, _meta }) {
  write({ method: 'notifications/progress', params: { progressToken: _meta?.progressToken, progress: 1, total: 2, message: `reading ${day}` } });
  while (!existsSync(gate)) await new Promise((again) => setTimeout(again, 20));
  write({ id, result: { content: [{ type: 'text', text: `${day}: the tea is in the tin` }] } });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    write({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1' } } });
  } else if (method === 'tools/list') write({ id, result: { tools: [tool] } });
  else if (method === 'tools/call') void call(id, params);
  else if (id !== undefined) write({ id, error: { code: -32601, message: 'no such method' } });
}
