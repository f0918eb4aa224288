// The Vercel AI SDK with its defaults: the responses API, with items by their ids in later turns.

import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { apiKey, baseURL, check, run } from "../cases.mjs";

const openai = createOpenAI({ apiKey, baseURL });
const weather = tool({
  description: "Tells the weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async () => "sunny",
});

async function twoTurns(model) {
  const messages = [{ role: "user", content: "hello" }];
  const first = await generateText({ model, messages, maxRetries: 0 });
  messages.push(...first.response.messages, { role: "user", content: "and again" });
  const second = await generateText({ model, messages, maxRetries: 0 });
  check(second.text.length > 0, "the second turn has a text");
  check(second.usage.outputTokens > 0, "it has a usage");
}

await run({
  "two turns of a reasoning model": () => twoTurns(openai("gpt-5.5")),
  "two turns of gpt-4o-mini": () => twoTurns(openai("gpt-4o-mini")),
  "two turns of a chat": () => twoTurns(openai.chat("gpt-5.5")),
  "a stream": async () => {
    const stream = streamText({ model: openai("gpt-5.5"), prompt: "hello", maxRetries: 0 });
    let text = "";
    for await (const piece of stream.textStream) {
      text += piece;
    }
    check(text.length > 0, "the stream has a text");
    check((await stream.usage).outputTokens > 0, "it has a usage");
  },
  "a loop of tools": async () => {
    const result = await generateText({
      model: openai("gpt-5.5"),
      tools: { weather },
      stopWhen: stepCountIs(3),
      prompt: "What is the weather in Bern?",
      maxRetries: 0,
    });
    check(result.steps.length > 0, "there are steps");
  },
  "a loop of tools in a stream": async () => {
    const stream = streamText({
      model: openai("gpt-5.5"),
      tools: { weather },
      stopWhen: stepCountIs(3),
      prompt: "What is the weather in Bern?",
      maxRetries: 0,
    });
    let finished = 0;
    for await (const part of stream.fullStream) {
      if (part.type === "error") {
        throw part.error;
      }
      finished += part.type === "finish-step" ? 1 : 0;
    }
    check(finished > 0, "a step has finished");
  },
  "a search in the web": async () => {
    const result = await generateText({
      model: openai("gpt-5.5"),
      tools: { web_search: openai.tools.webSearch({}) },
      prompt: "What is new?",
      maxRetries: 0,
    });
    check(result.text.length > 0, "there is a text");
  },
  "an embedding": async () => {
    const { embedding } = await embed({
      model: openai.embedding("text-embedding-3-small"),
      value: "hello",
    });
    check(embedding.length > 0, "there is a vector");
  },
});
