// LangChain's ChatOpenAI and OpenAIEmbeddings.

import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { apiKey, baseURL, check, run } from "../cases.mjs";

const configuration = { baseURL };
const settings = { apiKey, configuration, maxRetries: 0 };
const weather = tool(async () => "sunny", {
  name: "weather",
  description: "Tells the weather of a city",
  schema: z.object({ city: z.string() }),
});

async function twoTurns(model) {
  const messages = [new HumanMessage("hello")];
  messages.push(await model.invoke(messages), new HumanMessage("and again"));
  const second = await model.invoke(messages);
  check(second.text.length > 0, "the second turn has a text");
  check(second.usage_metadata.output_tokens > 0, "it has a usage");
}

await run({
  "two turns of a chat": () => twoTurns(new ChatOpenAI({ ...settings, model: "gpt-4o-mini" })),
  "two turns of a response": () =>
    twoTurns(new ChatOpenAI({ ...settings, model: "gpt-5.5", useResponsesApi: true })),
  "a stream": async () => {
    let text = "";
    const model = new ChatOpenAI({ ...settings, model: "gpt-4o-mini", streamUsage: true });
    for await (const piece of await model.stream("hello")) {
      text += piece.text;
    }
    check(text.length > 0, "the stream has a text");
  },
  "a stream of a response": async () => {
    let text = "";
    const model = new ChatOpenAI({ ...settings, model: "gpt-5.5", useResponsesApi: true });
    for await (const piece of await model.stream("hello")) {
      text += piece.text;
    }
    check(text.length > 0, "the stream has a text");
  },
  "tools": async () => {
    const model = new ChatOpenAI({ ...settings, model: "gpt-5.5" }).bindTools([weather]);
    check(await model.invoke("What is the weather in Bern?"), "there is an answer");
  },
  "a structured answer": async () => {
    const model = new ChatOpenAI({ ...settings, model: "gpt-4o-mini" });
    const form = z.object({ name: z.string() });
    // The stand-in says no JSON; that the request is taken is what counts.
    await model
      .withStructuredOutput(form, { includeRaw: true, method: "jsonSchema" })
      .invoke("Who are you?")
      .catch((error) => {
        if (error.status) {
          throw error;
        }
      });
  },
  "embeddings": async () => {
    const model = new OpenAIEmbeddings({ ...settings, model: "text-embedding-3-small" });
    check((await model.embedDocuments(["a", "b"])).length === 2, "there are two vectors");
  },
});
