// Every method of OpenAI's SDK for Node, once. Ids are those of objects that were made before. What
// the proxy refuses by design must be refused with its reason; see docs/operations.md.

import OpenAI, { toFile } from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { apiKey, baseURL, check, run } from "../cases.mjs";

const through = process.env.THROUGH_PROXY === "true";
const openai = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const made = {};
const hello = [{ role: "user", content: "hello" }];
const poll = { pollIntervalMs: 50 };

const CALLS = {
  "models.list": async () => {
    made.models = (await all(openai.models.list())).map((model) => model.id);
    check(made.models.includes("gpt-4o-mini"), "the model is listed");
  },
  "models.retrieve": () => openai.models.retrieve("gpt-4o-mini"),
  "completions.create": () =>
    openai.completions.create({ model: "gpt-3.5-turbo-instruct", prompt: "hello" }),
  "decisions.create": () => openai.decisions.create(decision()),
  "embeddings.create": () =>
    openai.embeddings.create({ model: "text-embedding-3-small", input: "hello" }),
  "moderations.create": () => openai.moderations.create({ input: "hello" }),
  "chat.completions.create": async () => {
    const chat = { model: "gpt-4o-mini", messages: hello, store: true, metadata: { a: "b" } };
    made.chat = (await openai.chat.completions.create(chat)).id;
  },
  "chat.completions.retrieve": () => openai.chat.completions.retrieve(made.chat),
  "chat.completions.update": () =>
    openai.chat.completions.update(made.chat, { metadata: { a: "c" } }),
  "chat.completions.list": () => listed(openai.chat.completions.list(), made.chat),
  "chat.completions.messages.list": () => all(openai.chat.completions.messages.list(made.chat)),
  "chat.completions.delete": () => openai.chat.completions.delete(made.chat),
  "chat.completions.parse": () =>
    openai.chat.completions.parse({ model: "gpt-4o-mini", messages: hello }),
  "chat.completions.stream": () =>
    openai.chat.completions.stream({ model: "gpt-4o-mini", messages: hello }).finalMessage(),
  "chat.completions.runTools": () =>
    openai.chat.completions
      .runTools({ model: "gpt-4o-mini", messages: hello, tools: [clock()] })
      .done(),
  "files.create": async () => {
    const file = await toFile(Buffer.from("a file of words"), "words.txt");
    made.file = (await openai.files.create({ file, purpose: "assistants" })).id;
  },
  "files.retrieve": () => openai.files.retrieve(made.file),
  "files.list": () => listed(openai.files.list(), made.file),
  "files.waitForProcessing": () => openai.files.waitForProcessing(made.file, { pollInterval: 50 }),
  "files.content": async () => {
    const file = await toFile(Buffer.from('{"a": 1}'), "a.jsonl");
    const { id } = await openai.files.create({ file, purpose: "batch" });
    check((await (await openai.files.content(id)).text()) === '{"a": 1}', "the bytes come back");
  },
  "uploads.create": async () => {
    made.upload = (await openai.uploads.create(upload(5))).id;
  },
  "uploads.parts.create": async () => {
    const part = { data: await toFile(Buffer.from("hello"), "part") };
    made.part = (await openai.uploads.parts.create(made.upload, part)).id;
  },
  "uploads.complete": () => openai.uploads.complete(made.upload, { part_ids: [made.part] }),
  "uploads.cancel": async () => openai.uploads.cancel((await openai.uploads.create(upload(9))).id),
  "images.generate": () => openai.images.generate({ model: "gpt-image-1", prompt: "a cat" }),
  "images.edit": async () =>
    openai.images.edit({
      model: "gpt-image-1",
      prompt: "a cat",
      image: await toFile(PNG, "cat.png", { type: "image/png" }),
    }),
  "audio.speech.create": async () => {
    const speech = { model: "gpt-4o-mini-tts", voice: "alloy", input: "hello" };
    made.sound = Buffer.from(await (await openai.audio.speech.create(speech)).arrayBuffer());
    const wave = { ...speech, response_format: "wav" };
    made.sound = Buffer.from(await (await openai.audio.speech.create(wave)).arrayBuffer());
  },
  "audio.transcriptions.create": async () =>
    openai.audio.transcriptions.create({
      model: "gpt-4o-mini-transcribe",
      file: await toFile(made.sound, "hello.wav"),
    }),
  "audio.translations.create": async () =>
    openai.audio.translations.create({
      model: "whisper-1",
      file: await toFile(made.sound, "hello.wav"),
    }),
  "vectorStores.create": async () => {
    made.store = (await openai.vectorStores.create({ name: "store" })).id;
  },
  "vectorStores.retrieve": () => openai.vectorStores.retrieve(made.store),
  "vectorStores.update": () => openai.vectorStores.update(made.store, { name: "other" }),
  "vectorStores.list": () => listed(openai.vectorStores.list(), made.store),
  "vectorStores.files.create": () =>
    openai.vectorStores.files.create(made.store, { file_id: made.file }),
  "vectorStores.files.poll": () => openai.vectorStores.files.poll(made.store, made.file, poll),
  "vectorStores.files.retrieve": () =>
    openai.vectorStores.files.retrieve(made.file, { vector_store_id: made.store }),
  "vectorStores.files.update": () =>
    openai.vectorStores.files.update(made.file, {
      vector_store_id: made.store,
      attributes: { a: "b" },
    }),
  "vectorStores.files.list": () => listed(openai.vectorStores.files.list(made.store), made.file),
  "vectorStores.files.content": () =>
    all(openai.vectorStores.files.content(made.file, { vector_store_id: made.store })),
  "vectorStores.search": () => all(openai.vectorStores.search(made.store, { query: "words" })),
  "vectorStores.files.delete": () =>
    openai.vectorStores.files.delete(made.file, { vector_store_id: made.store }),
  "vectorStores.files.createAndPoll": () =>
    openai.vectorStores.files.createAndPoll(made.store, { file_id: made.file }, poll),
  "vectorStores.files.upload": async () =>
    openai.vectorStores.files.upload(made.store, await toFile(Buffer.from("a"), "a.txt")),
  "vectorStores.files.uploadAndPoll": async () =>
    openai.vectorStores.files.uploadAndPoll(
      made.store,
      await toFile(Buffer.from("b"), "b.txt"),
      poll,
    ),
  "vectorStores.fileBatches.create": async () => {
    const batch = { file_ids: [made.file] };
    made.fileBatch = (await openai.vectorStores.fileBatches.create(made.store, batch)).id;
  },
  "vectorStores.fileBatches.retrieve": () =>
    openai.vectorStores.fileBatches.retrieve(made.fileBatch, { vector_store_id: made.store }),
  "vectorStores.fileBatches.poll": () =>
    openai.vectorStores.fileBatches.poll(made.store, made.fileBatch, poll),
  "vectorStores.fileBatches.listFiles": () =>
    all(
      openai.vectorStores.fileBatches.listFiles(made.fileBatch, { vector_store_id: made.store }),
    ),
  "vectorStores.fileBatches.cancel": async () => {
    const batch = await openai.vectorStores.fileBatches.create(made.store, {
      file_ids: [made.file],
    });
    await openai.vectorStores.fileBatches
      .cancel(batch.id, { vector_store_id: made.store })
      .catch(unlessEnded);
  },
  "vectorStores.fileBatches.createAndPoll": () =>
    openai.vectorStores.fileBatches.createAndPoll(made.store, { file_ids: [made.file] }, poll),
  "vectorStores.fileBatches.uploadAndPoll": async () =>
    openai.vectorStores.fileBatches.uploadAndPoll(
      made.store,
      { files: [await toFile(Buffer.from("c"), "c.txt")] },
      poll,
    ),
  "responses.create": async () => {
    const first = await openai.responses.create({ model: "gpt-5.5", input: "hello" });
    const input = [{ role: "user", content: "hello" }, ...first.output];
    input.push({ role: "user", content: "and again" });
    made.response = (await openai.responses.create({ model: "gpt-5.5", input })).id;
  },
  "responses.retrieve": () => openai.responses.retrieve(made.response),
  "responses.inputItems.list": () => all(openai.responses.inputItems.list(made.response)),
  "responses.inputTokens.count": () =>
    openai.responses.inputTokens.count({ model: "gpt-5.5", input: "hello" }),
  "responses.compact": () =>
    openai.responses.compact({ model: "gpt-5.5", input: [{ role: "user", content: "hello" }] }),
  "responses.delete": () => openai.responses.delete(made.response),
  "responses.cancel": async () => {
    const asked = { model: "gpt-5.5", input: "[[delay=20ms]] hello", background: true };
    await openai.responses.cancel((await openai.responses.create(asked)).id);
  },
  "responses.stream": async () => {
    const stream = openai.responses.stream({ model: "gpt-5.5", input: "hello" });
    check((await stream.finalResponse()).output_text.length > 0, "there is a text");
  },
  "responses.parse": async () => {
    const format = zodTextFormat(z.object({ name: z.string() }), "name");
    // The stand-in says no JSON; that the request is taken is what counts.
    await openai.responses
      .parse({ model: "gpt-5.5", input: "who?", text: { format } })
      .catch((error) => {
        if (error.status) {
          throw error;
        }
      });
  },
  "conversations.create": async () => {
    made.conversation = (await openai.conversations.create({ metadata: { a: "b" } })).id;
  },
  "conversations.retrieve": () => openai.conversations.retrieve(made.conversation),
  "conversations.update": () =>
    openai.conversations.update(made.conversation, { metadata: { a: "c" } }),
  "conversations.items.create": async () => {
    const items = { items: [{ type: "message", role: "user", content: "hello" }] };
    made.item = (await openai.conversations.items.create(made.conversation, items)).data[0].id;
  },
  "conversations.items.retrieve": () =>
    openai.conversations.items.retrieve(made.item, { conversation_id: made.conversation }),
  "conversations.items.list": () => all(openai.conversations.items.list(made.conversation)),
  "conversations.items.delete": () =>
    openai.conversations.items.delete(made.item, { conversation_id: made.conversation }),
  "conversations.delete": () => openai.conversations.delete(made.conversation),
  "containers.create": async () => {
    made.container = (await openai.containers.create({ name: "box" })).id;
  },
  "containers.retrieve": () => openai.containers.retrieve(made.container),
  "containers.list": () => listed(openai.containers.list(), made.container),
  "containers.files.create": async () => {
    const file = { file: await toFile(Buffer.from("hello"), "hello.txt") };
    made.boxed = (await openai.containers.files.create(made.container, file)).id;
  },
  "containers.files.retrieve": () => openai.containers.files.retrieve(made.boxed, box()),
  "containers.files.list": () => listed(openai.containers.files.list(made.container), made.boxed),
  "containers.files.content.retrieve": () =>
    openai.containers.files.content.retrieve(made.boxed, box()),
  "containers.files.delete": () => openai.containers.files.delete(made.boxed, box()),
  "containers.delete": () => openai.containers.delete(made.container),
  "skills.create": async () => {
    made.skill = (await openai.skills.create({ files: [await skill("one")] })).id;
  },
  "skills.retrieve": () => openai.skills.retrieve(made.skill),
  "skills.list": () => listed(openai.skills.list(), made.skill),
  "skills.content.retrieve": () => openai.skills.content.retrieve(made.skill),
  "skills.versions.create": async () =>
    openai.skills.versions.create(made.skill, { files: [await skill("two")] }),
  "skills.versions.list": async () => {
    const versions = await all(openai.skills.versions.list(made.skill));
    made.version = versions.map((each) => each.version).sort().at(-1);
  },
  "skills.versions.retrieve": () => openai.skills.versions.retrieve(made.version, ofSkill()),
  "skills.versions.content.retrieve": () =>
    openai.skills.versions.content.retrieve(made.version, ofSkill()),
  "skills.update": () => openai.skills.update(made.skill, { default_version: "1" }),
  "skills.versions.delete": () => openai.skills.versions.delete(made.version, ofSkill()),
  "skills.delete": () => openai.skills.delete(made.skill),
  "batches.create": async () => {
    const line = {
      custom_id: "a",
      method: "POST",
      url: "/v1/chat/completions",
      body: { model: "gpt-4o-mini", messages: hello, max_tokens: 50 },
    };
    const file = await toFile(Buffer.from(JSON.stringify(line)), "batch.jsonl");
    const input = await openai.files.create({ file, purpose: "batch" });
    const batch = {
      input_file_id: input.id,
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
    };
    made.batch = (await openai.batches.create(batch)).id;
  },
  "batches.retrieve": () => openai.batches.retrieve(made.batch),
  "batches.list": () => listed(openai.batches.list(), made.batch),
  "batches.cancel": () => openai.batches.cancel(made.batch).catch(unlessEnded),
  "fineTuning.jobs.create": async () => {
    const example = { messages: [...hello, { role: "assistant", content: "hello" }] };
    const lines = Array(10).fill(JSON.stringify(example)).join("\n");
    const file = await toFile(Buffer.from(lines), "train.jsonl");
    const training = await openai.files.create({ file, purpose: "fine-tune" });
    // The proxy wants to know how often the file is trained on, since that bounds the cost.
    const method = { type: "supervised", supervised: { hyperparameters: { n_epochs: 1 } } };
    const job = { model: "gpt-4o-mini-2024-07-18", training_file: training.id, method };
    made.job = (await openai.fineTuning.jobs.create(job)).id;
  },
  "fineTuning.jobs.retrieve": () => openai.fineTuning.jobs.retrieve(made.job),
  "fineTuning.jobs.list": () => listed(openai.fineTuning.jobs.list(), made.job),
  "fineTuning.jobs.listEvents": () => all(openai.fineTuning.jobs.listEvents(made.job)),
  "fineTuning.jobs.checkpoints.list": () => all(openai.fineTuning.jobs.checkpoints.list(made.job)),
  "fineTuning.jobs.cancel": () => openai.fineTuning.jobs.cancel(made.job).catch(unlessEnded),
  "realtime.clientSecrets.create": async () => {
    if (!through) {
      // The stand-in has none; OpenAI has.
      return;
    }
    const secret = await openai.realtime.clientSecrets.create({
      session: { type: "realtime", model: "gpt-realtime-2" },
    });
    check(secret.value.startsWith("ek_"), "a secret that lives for a short while");
  },
  "vectorStores.delete": () => openai.vectorStores.delete(made.store),
  "files.delete": () => openai.files.delete(made.file),
};

/** Calls nobody: methods that only compute. */
const LOCAL = [
  "beta.agents.environments.files.prepare",
  "beta.agents.sessions.artifacts.forResult",
  "webhooks.unwrap",
  "webhooks.verifySignature",
];

/** What is refused by design: docs/operations.md says why. */
const REFUSED = [
  /^admin\./,
  /^audio\.voice/,
  /^beta\.(agents|assistants|chatkit|threads|realtime)\./,
  /^contentProvenanceChecks\./,
  /^evals\./,
  /^fineTuning\.(alpha|checkpoints)\./,
  /^fineTuning\.jobs\.(pause|resume)$/,
  /^images\.createVariation$/,
  /^live\./,
  /^models\.delete$/,
  /^realtime\.(calls|translations)\./,
  /^safety\./,
  /^videos\./,
  /^webhooks\./,
];

/** The same calls under another name. */
const SAME = [/^beta\.responses\./];

const cases = { ...CALLS };
for (const path of methods(openai)) {
  if (CALLS[path] || LOCAL.includes(path) || SAME.some((same) => same.test(path))) {
    continue;
  }
  if (!REFUSED.some((refused) => refused.test(path))) {
    cases[path] = async () => check(false, "this method is called or refused by design");
  } else if (through) {
    cases[`${path} (refused)`] = () => isRefused(path);
  }
}
await run(cases);

/** Calls a method with ids of nobody: the proxy must say that it does not offer it. */
async function isRefused(path) {
  const names = path.split(".");
  const method = names.pop();
  const service = names.reduce((at, name) => at[name], openai);
  try {
    const arguments_ = Array(Math.max(service[method].length, 1)).fill("nobody");
    const params = new Proxy(
      {},
      { get: (_, name) => (typeof name === "string" ? `no-${name}` : undefined) },
    );
    arguments_[arguments_.length - 1] = { maxRetries: 0, timeout: 5_000 };
    if (arguments_.length > 1) {
      arguments_[arguments_.length - 2] = method === "list" ? {} : params;
    }
    const result = await service[method](...arguments_);
    for await (const _ of result?.[Symbol.asyncIterator] ? result : []) {
      // A list is asked for when it is read.
    }
  } catch (error) {
    if (error.status === undefined) {
      // The SDK itself did not take the arguments, so nothing was asked.
      return;
    }
    check([400, 401, 403, 404].includes(error.status), `${error.status} ${error.message}`);
    return;
  }
  check(false, "it is refused");
}

/** The names of all methods of a client. */
function methods(client) {
  const found = [];
  const seen = new Set();
  const walk = (service, path) => {
    if (seen.has(service)) {
      return;
    }
    seen.add(service);
    Object.getOwnPropertyNames(Object.getPrototypeOf(service))
      .filter((name) => name !== "constructor" && !name.startsWith("_"))
      .filter((name) => typeof service[name] === "function")
      .forEach((name) => found.push(`${path}.${name}`));
    Object.entries(service)
      .filter(([, inner]) => inner?._client)
      .forEach(([name, inner]) => walk(inner, `${path}.${name}`));
  };
  Object.entries(client)
    .filter(([, service]) => service?._client)
    .forEach(([name, service]) => walk(service, name));
  return found;
}

async function all(pages) {
  const found = [];
  for await (const each of pages) {
    found.push(each);
  }
  return found;
}

async function listed(pages, id) {
  check((await all(pages)).some((each) => each.id === id), `${id} is in the list`);
}

/** What has ended cannot be cancelled any more. */
function unlessEnded(error) {
  if (error.status !== 400 && error.status !== 409) {
    throw error;
  }
}

function upload(bytes) {
  return { bytes, filename: "hello.txt", mime_type: "text/plain", purpose: "assistants" };
}

function box() {
  return { container_id: made.container };
}

function ofSkill() {
  return { skill_id: made.skill };
}

function skill(name) {
  const text = `---\nname: ${name}\ndescription: A skill of the bench.\n---\nBe brief.\n`;
  return toFile(Buffer.from(text), `${name}/SKILL.md`);
}

function clock() {
  const definition = { name: "clock", description: "Tells the time", parameters: {} };
  return { type: "function", function: { ...definition, function: () => "noon", parse: String } };
}

function decision() {
  const questions = [{ type: "predicate", instructions: "Is it a greeting?" }];
  return { model: "gpt-5.5", input: "hello", questions };
}
