// A page of another origin in a real browser, with OpenAI's SDK for browsers.

import { execFile } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { apiKey, baseURL, tell } from "../cases.mjs";

const BROWSERS = [
  process.env.CHROME,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const MODULES = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");

const PAGE = `<!doctype html><title>page</title><pre id="said"></pre>
<script type="importmap">{"imports": {"openai": "/openai/index.mjs", "openai/": "/openai/"}}</script>
<script type="module">
const settings = ${JSON.stringify({ apiKey, baseURL })};
const outcomes = [];
async function attempt(name, test) {
  try {
    await test();
    outcomes.push({ name, ok: true });
  } catch (error) {
    outcomes.push({ name, ok: false, status: error.status, why: String(error) });
  }
}
function check(value, what) {
  if (!value) throw new Error("not so: " + what);
}
const ask = { model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] };
let OpenAI;
await attempt("the SDK loads", async () => ({ OpenAI } = await import("openai")));
const options = { ...settings, maxRetries: 0, dangerouslyAllowBrowser: true };
const openai = OpenAI && new OpenAI(options);
await attempt("a chat", async () => {
  check((await openai.chat.completions.create(ask)).choices.length === 1, "a choice");
});
await attempt("a stream", async () => {
  let pieces = 0;
  for await (const _ of await openai.chat.completions.create({ ...ask, stream: true })) pieces++;
  check(pieces > 1, "pieces");
});
await attempt("a file", async () => {
  const file = new File(["hello"], "hello.txt");
  const { id } = await openai.files.create({ file, purpose: "assistants" });
  await openai.files.delete(id);
});
await attempt("the id of the request is readable", async () => {
  const answer = await fetch(settings.baseURL + "/models", {
    headers: { authorization: "Bearer " + settings.apiKey },
  });
  check(answer.headers.get("x-request-id"), "x-request-id");
});
await attempt("a wrong key is told", async () => {
  const wrong = new OpenAI({ ...options, apiKey: "sk-oap-wrong" });
  const error = await wrong.models.list().catch((error) => error);
  check(error.status === 401, "401, and not " + error);
});
document.getElementById("said").textContent = JSON.stringify(outcomes);
await fetch("/said", { method: "POST", body: JSON.stringify(outcomes) });
</script>`;

const browser = BROWSERS.find((path) => path && existsSync(path));
if (browser) {
  for (const outcome of await visit()) {
    tell(outcome);
  }
} else {
  tell({ name: "a browser", ok: false, why: "none found: install chromium, or set CHROME" });
}

/** Shows the page to a browser, and gives what the page has said. */
async function visit() {
  const home = mkdtempSync(join(tmpdir(), "browser-"));
  const server = createServer();
  const said = new Promise((resolve) => server.on("request", answer(resolve)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const words = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${home}`];
  const url = `http://127.0.0.1:${server.address().port}/`;
  const child = execFile(browser, [...words, "--remote-debugging-port=0", url]);
  const late = new Promise((resolve) => {
    const none = [{ name: "the page", ok: false, why: "said nothing within two minutes" }];
    setTimeout(() => resolve(none), 120_000).unref();
  });
  try {
    return await Promise.race([said, late]);
  } finally {
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill();
    await gone;
    server.close();
    server.closeAllConnections();
    rmSync(home, { recursive: true, force: true, maxRetries: 50 });
  }
}

function answer(resolve) {
  return (request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (bytes) => (body += bytes));
      request.on("end", () => {
        response.end();
        resolve(JSON.parse(body));
      });
    } else if (request.url === "/") {
      response.setHeader("content-type", "text/html");
      response.end(PAGE);
    } else {
      const file = join(MODULES, normalize(new URL(request.url, "http://x").pathname));
      response.setHeader("content-type", "text/javascript");
      createReadStream(file)
        .on("error", () => response.writeHead(404).end())
        .pipe(response);
    }
  };
}
