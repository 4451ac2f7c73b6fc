// A server of tools that misbehaves in every way we know. `node odd.mjs MODE`.
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const mode = process.argv[2] ?? "plain";
const write = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
const answer = (id, result) => write({ id, result });
const refuse = (id, code, message) => write({ id, error: { code, message } });
const text = (text) => ({ content: [{ type: "text", text: String(text) }] });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const schema = { type: "object" };
const waiting = new Map();
let capabilities = null;
let extra = 0;
let listed = 0;
let cancelled = [];

if (process.env.STARTS) appendFileSync(process.env.STARTS, `${process.pid}\n`);

const names = ["content", "huge", "exit", "hang", "ask", "change", "flood", "env", "refuse", "helper", "counts", "answer"];
const described = (name) => ({ name, description: `Does ${name}.`, inputSchema: schema });

const tools = {
  content: ({ content }) => ({ content }),
  answer: ({ answer }) => answer,
  huge: ({ size }) => text("x".repeat(size)),
  exit: () => process.exit(3),
  hang: () => undefined,
  env: () => text(JSON.stringify({ ...process.env, capabilities })),
  counts: () => text(JSON.stringify({ listed, cancelled, pid: process.pid })),
  refuse: ({ size }, id) => refuse(id, -32602, "no\n" + "x".repeat(size)),
  change: () => {
    extra += 1;
    write({ method: "notifications/tools/list_changed" });
    return text(extra);
  },
  // A process of its own, which outlives whoever does not end it.
  helper: () => text(spawn("sleep", ["1000"], { stdio: "ignore" }).pid),
  flood: async (_, id, token) => {
    process.stderr.write("e".repeat(1_000_000) + "\n" + "complaint\n".repeat(1000));
    for (const odd of ["", "null", "[]", "5", "{", "{}", '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":9}', '{"jsonrpc":"1.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":{"a":1},"result":{}}', '{"jsonrpc":"2.0","id":999,"result":{}}', '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"a"}}',
      '{"jsonrpc":"2.0","id":999,"error":{"code":99999999999999,"message":5}}', '{"jsonrpc":"2.0","method":"notifications/progress"}',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"a","progress":1}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}', '{"jsonrpc":"2.0","method":"notifications/nonsense"}',
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"loud","data":1}}', "[".repeat(500), "{\"a\":".repeat(500), "\u0000\u0007"])
      process.stdout.write(odd + "\n");
    process.stdout.write(Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    for (let step = 0; step < 1000; step++)
      write({ method: "notifications/progress", params: { progressToken: token, progress: step, message: `step\n${step} ${"m".repeat(500)}` } });
    write({ method: "notifications/progress", params: { progressToken: token, progress: 1e308 } });
    return text("done");
  },
  ask: async () => {
    const wanted = [
      ["sampling/createMessage", { messages: [], maxTokens: 5 }],
      ["roots/list", undefined],
      ["elicitation/create", { message: "your password?", requestedSchema: { type: "object", properties: {} } }],
      ["nonsense/method", { a: 1 }],
      ["ping", undefined],
    ];
    const answers = await Promise.all(wanted.map(([method, params], index) => {
      const id = `ours-${index}`;
      write({ id, method, params });
      return new Promise((done) => waiting.set(id, done));
    }));
    return text(JSON.stringify(answers.map((one) => one.error?.code ?? one.result)));
  },
};

const page = (params) => {
  listed += 1;
  const cursor = Number(params?.cursor ?? 0);
  if (mode === "paged") {
    const tools = Array.from({ length: 50 }, (_, index) => described(`tool-${cursor + index}`));
    return { tools: [...tools, { name: "broken" }, described("twice")], nextCursor: String(cursor + 50) };
  }
  if (mode === "endless") return { tools: [], nextCursor: String(cursor + 1) };
  return { tools: [...names, ...Array.from({ length: extra }, (_, index) => `extra-${index}`)].map(described) };
};

const modern = mode === "modern" || mode === "unsubscribed";
let subscription = null;

async function read(message) {
  const { id, method, params } = message;
  if (method === undefined) return waiting.get(id)?.(message);
  switch (method) {
    case "server/discover":
      if (mode === "silent") return;
      if (mode === "startled") process.exit(4);
      if (!modern) return refuse(id, -32601, "Method not found");
      return answer(id, {
        resultType: "complete", supportedVersions: ["2026-07-28"], ttlMs: 0, cacheScope: "private",
        capabilities: { tools: { listChanged: mode === "modern" } },
      });
    case "initialize":
      if (modern) return refuse(id, -32022, "Unsupported protocol version");
      if (mode === "unwelcoming") return refuse(id, -32000, "go\naway");
      capabilities = params.capabilities;
      answer(id, { protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: "odd", version: "1" } });
      if (mode === "numb") setInterval(() => process.stdin.pause(), 10);
      return;
    case "subscriptions/listen":
      subscription = id;
      return write({ method: "notifications/subscriptions/acknowledged", params: { notifications: params.notifications, _meta: { "io.modelcontextprotocol/subscriptionId": id } } });
    case "notifications/cancelled":
      return void cancelled.push(params.requestId);
    case "tools/list":
      return answer(id, { ...page(params), ...(modern && { resultType: "complete", ttlMs: 60_000, cacheScope: "private" }) });
    case "tools/call": {
      if (modern && params.name === "change") {
        extra += 1;
        write({ method: "notifications/tools/list_changed", params: { _meta: { "io.modelcontextprotocol/subscriptionId": subscription } } });
        return answer(id, { resultType: "complete", ...text(JSON.stringify(params._meta)) });
      }
      const tool = tools[params.name];
      if (!tool) return refuse(id, -32602, "Unknown tool");
      const result = await tool(params.arguments ?? {}, id, params._meta?.progressToken);
      if (result !== undefined) answer(id, result);
      return;
    }
    default:
      if (id !== undefined) refuse(id, -32601, "Method not found");
  }
}

if (mode === "crash") process.exit(5);
if (mode === "garbage") {
  const line = "This is no protocol, but a poem.\n".repeat(100);
  const more = () => process.stdout.write(line) ? setImmediate(more) : process.stdout.once("drain", more);
  more();
} else if (mode === "endless-line") {
  const more = () => process.stdout.write("{".repeat(65536)) ? setImmediate(more) : process.stdout.once("drain", more);
  more();
} else if (mode === "deaf") {
  setInterval(() => {}, 1000);
} else if (mode === "stubborn") {
  process.on("SIGTERM", () => {});
  process.on("SIGHUP", () => {});
  setInterval(() => {}, 1000);
  createInterface({ input: process.stdin }).on("line", (line) => read(JSON.parse(line)));
} else if (mode === "http") {
  // Streamable HTTP by hand; the path chooses the misdeed.
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const send = (status, result, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(result && JSON.stringify({ jsonrpc: "2.0", ...result }));
    };
    if (request.method !== "POST") return send(405);
    if (request.url === "/redirect") return send(307, null, { location: "/plain" });
    if (request.url === "/locked") return send(401, null, { "www-authenticate": "Bearer" });
    if (request.url === "/down") return send(503);
    if (request.url === "/deaf") return;
    if (request.url === "/page") { response.writeHead(200, { "content-type": "text/html" }); return response.end("<html>"); }
    const { id, method, params } = JSON.parse(body);
    const events = (result) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`);
    };
    if (id === undefined) return send(202);
    if (method === "server/discover") return send(400, { id: null, error: { code: -32000, message: "Bad Request" } });
    if (method === "initialize") return send(200, { id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } } }, { "mcp-session-id": "one" });
    if (method !== "tools/call") return send(400, { id: null, error: { code: -32000, message: "Bad Request" } });
    switch (params.name) {
      case "key": return send(200, { id, result: text(request.headers["x-key"]) });
      case "huge": return send(200, { id, result: text("x".repeat(params.arguments.size)) });
      case "huge-event": return events(text("x".repeat(params.arguments.size)));
      case "break": response.writeHead(200, { "content-type": "text/event-stream" }); return response.end(": nothing\n\n");
      default: return send(404, { id, error: { code: -32602, message: "Unknown tool" } });
    }
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
} else {
  createInterface({ input: process.stdin }).on("line", (line) => read(JSON.parse(line)));
}
