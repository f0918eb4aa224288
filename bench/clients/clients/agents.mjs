// OpenAI's Agents SDK: runs, sessions, tools, hand-offs and hosted tools.

import {
  Agent,
  codeInterpreterTool,
  MemorySession,
  run as runAgent,
  setDefaultOpenAIClient,
  setOpenAIAPI,
  setTracingDisabled,
  tool,
  webSearchTool,
} from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";
import { apiKey, baseURL, check, run } from "../cases.mjs";

setTracingDisabled(true);
setDefaultOpenAIClient(new OpenAI({ apiKey, baseURL, maxRetries: 0 }));
const weather = tool({
  name: "weather",
  description: "Tells the weather of a city",
  parameters: z.object({ city: z.string() }),
  execute: async () => "sunny",
});
const base = { name: "Helper", instructions: "Be brief.", model: "gpt-5.5" };

await run({
  "a run": async () => {
    const result = await runAgent(new Agent(base), "hello");
    check(result.finalOutput.length > 0, "there is an output");
  },
  "two turns": async () => {
    const agent = new Agent(base);
    const first = await runAgent(agent, "hello");
    const second = await runAgent(agent, [...first.history, { role: "user", content: "again" }]);
    check(second.finalOutput.length > 0, "there is an output");
  },
  "a session": async () => {
    const agent = new Agent(base);
    const session = new MemorySession();
    await runAgent(agent, "hello", { session });
    check((await runAgent(agent, "again", { session })).finalOutput, "there is an output");
  },
  "the response before": async () => {
    const agent = new Agent(base);
    const first = await runAgent(agent, "hello");
    const second = await runAgent(agent, "again", { previousResponseId: first.lastResponseId });
    check(second.finalOutput.length > 0, "there is an output");
  },
  "tools": async () => {
    await runAgent(new Agent({ ...base, tools: [weather] }), "What is the weather in Bern?", {
      maxTurns: 3,
    }).catch(unlessTurns);
  },
  "a hand-off": async () => {
    const other = new Agent({ ...base, name: "Other" });
    await runAgent(new Agent({ ...base, handoffs: [other] }), "hello", { maxTurns: 3 }).catch(
      unlessTurns,
    );
  },
  "hosted tools": async () => {
    const tools = [webSearchTool(), codeInterpreterTool()];
    const first = await runAgent(new Agent({ ...base, tools }), "What is new?");
    const history = [...first.history, { role: "user", content: "again" }];
    check((await runAgent(new Agent({ ...base, tools }), history)).finalOutput, "an output");
  },
  "a stream": async () => {
    const result = await runAgent(new Agent(base), "hello", { stream: true });
    let text = "";
    for await (const piece of result.toTextStream()) {
      text += piece;
    }
    await result.completed;
    check(text.length > 0, "the stream has a text");
  },
  "chats": async () => {
    setOpenAIAPI("chat_completions");
    const result = await runAgent(new Agent(base), "hello");
    check(result.finalOutput.length > 0, "there is an output");
  },
});

/** The stand-in calls every tool at every turn, so a loop ends by its bound. */
function unlessTurns(error) {
  if (error.constructor.name !== "MaxTurnsExceededError") {
    throw error;
  }
}
