/**
 * The web channel's interface with canned answers, for working on the page without the bot:
 *
 *     node mock/server.mjs [port]          prints the address it listens on
 *
 * It keeps the interface's promises (signed tokens, one reply for one id, history, deletion) and
 * sends the strict policies that the page has to live with. It knows no question but a few.
 */

import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "../../channels/web/static");
const REPLIES = JSON.parse(readFileSync(join(HERE, "replies.json"), "utf-8"));
const SECRET = randomBytes(32);
const LIMIT = 500;
const PAGE = 50;
/** Milliseconds that an answer takes; the page has to show that it is on its way. */
const DELAY = 120;
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const WORDS = JSON.parse(readFileSync(join(HERE, "../src/words.json"), "utf-8"));
const CONFIG = {
  title: WORDS.page.title,
  colour: "#0b6e63",
  logo: "",
  greeting: WORDS.welcome.greeting,
  topics: WORDS.welcome.cards,
  voice: true,
  disclaimer: WORDS.menu.disclaimer,
  home_region: { name: "上海" },
  limits: { message: LIMIT },
};

const QUESTIONS = [...WORDS.welcome.cards.map((card) => card.ask), "医保卡的明细在哪查", "余额为什么是零"];

/** What is answered, by what the message contains; the first that fits. */
const KNOWN = [
  [/北京.*余额/, "two"],
  [/武汉.*哪个/, "wuhan"],
  [/哪个/, "compare"],
  [/我妈.*上海/, "mother"],
  [/上海.*75/, "figure"],
  [/^上海/, "bands"],
  [/^北京呢/, "assumed"],
  [/^北京/, "beijing"],
  [/岳父/, "decision"],
  [/比以前少/, "cause"],
  [/返/, "ask"],
  [/备案/, "steps"],
  [/余额/, "balance"],
  [/胸口|急诊/, "emergency"],
  [/你好/, "greet"],
  [/天气/, "rejected"],
  [/怎么弄/, "which"],
];

/** Conversation id → turns and the results of messages by id. */
const conversations = new Map();

const sign = (text) => createHmac("sha256", SECRET).update(text).digest("base64url");

function issue(id = randomUUID()) {
  const body = `${id}.${Math.floor(Date.now() / 1000)}`;
  return `${body}.${sign(body)}`;
}

function conversationOf(token) {
  const match = /^(([\w-]+)\.\d+)\.([\w-]+)$/.exec(token ?? "");
  if (!match) return null;
  const [, body, id, signature] = match;
  const expected = Buffer.from(sign(body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return conversations.get(id) ?? null;
}

function open(token) {
  if (conversationOf(token)) return { token, fresh: false, expires: "" };
  const id = randomUUID();
  conversations.set(id, { id, turns: [], results: new Map(), votes: [] });
  return { token: issue(id), fresh: true, expires: "" };
}

async function reply(conversation, id, text) {
  const known = conversation.results.get(id);
  if (known) return known;
  const masked = text.replace(/\d{17}[\dX]/gi, "〔身份证号〕");
  const named = KNOWN.find(([pattern]) => pattern.test(masked));
  const canned = REPLIES[named ? named[1] : "unsure"];
  const replies = [{ id: randomUUID(), ...canned }];
  const result = { id, replies };
  if (masked !== text) result.note = "身份证号这里用不着，我已经遮住了，请不要发。";
  conversation.results.set(id, result);
  await new Promise((resolve) => setTimeout(resolve, DELAY));
  const time = new Date().toISOString();
  conversation.turns.push({ id, from: "user", text: masked, time });
  conversation.turns.push(...replies.map((each) => ({ ...each, from: "bot", time })));
  return result;
}

function history(conversation, before) {
  const place = conversation.turns.findIndex((turn) => turn.id === before);
  const end = place >= 0 ? place : conversation.turns.length;
  const start = Math.max(0, end - PAGE);
  return { turns: conversation.turns.slice(start, end), more: start > 0 };
}

function json(response, status, body) {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function file(response, path) {
  const place = normalize(join(STATIC, path));
  if (!place.startsWith(STATIC)) return json(response, 404, { error: "not_found", message: "没有这个文件。" });
  const headers = { "Content-Type": TYPES[extname(place)] ?? "application/octet-stream" };
  headers["X-Content-Type-Options"] = "nosniff";
  headers["Cache-Control"] = path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  if (path === "index.html") headers["Content-Security-Policy"] = POLICY;
  try {
    const content = readFileSync(place);
    // As the bot does, or the page would seem slower on a phone than it is.
    headers["Content-Encoding"] = "gzip";
    response.writeHead(200, headers).end(gzipSync(content));
  } catch {
    json(response, 404, { error: "not_found", message: "没有这个文件。" });
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) text += part;
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}

async function handle(request, response) {
  const { pathname: asked, searchParams } = new URL(request.url, "http://localhost");
  // As behind a proxy that serves the page under a path of its own.
  const pathname = asked.replace(/^\/behind\/a\/proxy/, "");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /chat") return file(response, "index.html");
  if (route === "GET /chat/widget.js") return file(response, "widget.js");
  if (route.startsWith("GET /chat/assets/")) return file(response, pathname.slice("/chat/".length));
  if (route === "GET /chat/config") return json(response, 200, CONFIG);
  if (route === "GET /chat/questions") return json(response, 200, { questions: QUESTIONS });
  if (route === "POST /chat/session") return json(response, 200, open((await bodyOf(request)).token));
  const conversation = conversationOf(request.headers.authorization?.replace(/^Bearer /, ""));
  if (!conversation) return json(response, 401, { error: "token", message: "会话已过期，请重新打开。" });
  const body = await bodyOf(request);
  switch (route) {
    case "POST /chat/message":
      if (Array.from(body.text ?? "").length > LIMIT) {
        return json(response, 400, { error: "too_long", message: "这段太长了，请用一两句话说您想问什么。" });
      }
      return json(response, 200, await reply(conversation, body.id, String(body.text)));
    case "GET /chat/history":
      return json(response, 200, history(conversation, searchParams.get("before")));
    case "POST /chat/feedback":
      conversation.votes.push(body);
      return json(response, 204);
    case "DELETE /chat/session":
      conversations.delete(conversation.id);
      return json(response, 204);
    default:
      return json(response, 404, { error: "not_found", message: "没有这个地址。" });
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => json(response, 500, { error: "internal", message: String(error) }));
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
