// Codex CLI as npm installs it, over HTTP and over WebSockets.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { baseURL, check, run } from "../cases.mjs";

const MODELS = ["gpt-5", "gpt-5.4", "gpt-5.5", "gpt-5.6-sol", "gpt-6.2-sol", "gpt-6.2-astra"];
const CODEX = join(
  dirname(createRequire(import.meta.url).resolve("@openai/codex/package.json")),
  "bin",
  "codex.js",
);

await run(
  Object.fromEntries(
    MODELS.flatMap((model) => [
      [`${model} over HTTP`, () => codex(model, "false")],
      [`${model} over a WebSocket`, () => codex(model, "true")],
    ]),
  ),
);

/** Codex reads its settings from files of its own, so each run has a home of its own. */
async function codex(model, sockets) {
  const home = mkdtempSync(join(tmpdir(), "codex-"));
  const provider = {
    model_provider: "it",
    "model_providers.it.name": "it",
    "model_providers.it.base_url": baseURL,
    "model_providers.it.env_key": "OPENAI_API_KEY",
    "model_providers.it.wire_api": "responses",
    "model_providers.it.request_max_retries": 0,
    "model_providers.it.stream_max_retries": 0,
  };
  const settings = Object.entries(provider).flatMap(([name, value]) => [
    "-c",
    `${name}=${JSON.stringify(value)}`,
  ]);
  settings.push("-c", `model_providers.it.supports_websockets=${sockets}`);
  const words = [CODEX, "exec", "--json", "--skip-git-repo-check", "-m", model, ...settings, "hi"];
  try {
    const said = await output(words, home);
    const events = said
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    const broken = events.find((event) => /failed|error/.test(event.type));
    check(!broken, JSON.stringify(broken));
    check(
      events.some((event) => event.type === "turn.completed"),
      `a turn was completed: ${said.slice(-300)}`,
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function output(words, home) {
  const child = spawn(process.execPath, words, {
    cwd: home,
    env: { ...process.env, CODEX_HOME: home, HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  child.stderr.on("data", (bytes) => (said += bytes));
  return new Promise((resolve) => child.on("close", () => resolve(said)));
}
