// Starts the stand-in for OpenAI and the proxy, runs every client against both, and prints a table.
// See docs/clients.md.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const PROXY = join(HERE, "..", "..", "oaiproxy");
const START_MILLIS = 600_000;
const OPERATOR = { PROXY_SERVER_USER: "bench", PROXY_SERVER_PASS: "bench-of-clients" };

const known = readdirSync(join(HERE, "clients")).map((file) => file.replace(/\.mjs$/, ""));
const asked = process.argv.slice(2);
if (asked.includes("--help") || asked.some((name) => !known.includes(name))) {
  console.log(`Usage: node run.mjs [CLIENT...]\nClients: ${known.join(", ")}`);
  process.exit(asked.includes("--help") ? 0 : 2);
}

if (!existsSync(join(HERE, "node_modules"))) {
  console.error("installing the clients ...");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: HERE, stdio: "inherit" });
}

const home = mkdtempSync(join(tmpdir(), "oaiproxy-clients-"));
const children = [];
let failed = 0;
try {
  failed = await bench();
} catch (error) {
  console.error(error.message);
  failed = 1;
} finally {
  children.forEach((child) => child.kill());
  rmSync(home, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

async function bench() {
  const openAi = await started(["sandbox", "--port", "0"], {});
  const settings = {
    ...OPERATOR,
    OPENAI_BASE_URL: openAi,
    OPENAI_API_KEY: "sk-sandbox",
    OAIPROXY_HOST: "127.0.0.1",
    OAIPROXY_CORS_ORIGINS: "*",
    OAIPROXY_FINE_TUNING_ALLOW: "true",
  };
  const proxy = `${await started(["serve", "--home", home, "--port", "0"], settings)}/v1`;
  const where = { ...OPERATOR, OAIPROXY_URL: proxy.replace(/\/v1$/, "") };
  let wrong = 0;
  for (const client of asked.length > 0 ? asked : known) {
    const key = execFileSync(PROXY, ["key", "create", "--user", client, "--quota", "100000"], {
      cwd: home,
      env: { ...process.env, ...where },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const direct = await outcomes(client, { OPENAI_BASE_URL: openAi, OPENAI_API_KEY: "sk-sandbox" });
    const through = await outcomes(client, {
      OPENAI_BASE_URL: proxy,
      OPENAI_API_KEY: key.toString().trim(),
      THROUGH_PROXY: "true",
    });
    wrong += report(client, direct, through);
  }
  return wrong;
}

/** Starts a server of ours; the address is in its line that begins to listen. */
function started(words, variables) {
  const child = spawn(PROXY, words, { cwd: home, env: { ...process.env, ...variables } });
  children.push(child);
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (bytes) => {
      said += bytes;
      const url = said.match(/listening on (\S+)/);
      if (url) {
        resolve(url[1]);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(said)));
    setTimeout(() => reject(new Error(`no start: ${said}`)), START_MILLIS).unref();
  });
}

async function outcomes(client, variables) {
  const child = spawn(process.execPath, [join(HERE, "clients", `${client}.mjs`)], {
    cwd: home,
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const rows = new Map();
  for await (const line of createInterface({ input: child.stdout })) {
    try {
      const row = JSON.parse(line);
      rows.set(row.name, row);
    } catch {
      console.error(`${client}: ${line}`);
    }
  }
  return rows;
}

function report(client, direct, through) {
  const passed = (rows) => [...rows.values()].filter((row) => row.ok).length;
  const wrong = [...through.values()].filter((row) => !row.ok);
  const lost = [...direct.keys()].filter((name) => !through.has(name));
  const columns = [client.padEnd(14), version(client).padEnd(10)];
  columns.push(`direct ${passed(direct)}/${direct.size}`.padEnd(16));
  columns.push(`proxy ${passed(through)}/${through.size}`);
  console.log(columns.join("  "));
  wrong.forEach((row) => {
    const alone = direct.get(row.name)?.ok ? "" : " (directly, too)";
    console.log(`    ${row.name}${alone}: ${row.status ?? ""} ${row.why}`);
  });
  lost.forEach((name) => console.log(`    ${name}: not reached through the proxy`));
  return wrong.length + lost.length + (through.size === 0 ? 1 : 0);
}

function version(client) {
  const module = {
    "ai-sdk": "ai",
    agents: "@openai/agents",
    codex: "@openai/codex",
    langchain: "@langchain/openai",
    "openai-node": "openai",
  }[client];
  return module
    ? JSON.parse(readFileSync(join(HERE, "node_modules", module, "package.json"))).version
    : "";
}
