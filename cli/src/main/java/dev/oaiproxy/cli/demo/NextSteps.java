package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.client.AdminEndpoint;
import java.net.URI;

/** The instructions at the end of the demo. */
final class NextSteps {
    private NextSteps() {}

    /** The steps to a server of your own. */
    static String next() {
        return """
        That was the whole way of a call. Everything is stopped, and nothing is left behind.
        Next:
          oaiproxy demo --keep    the same, left running for your own SDK
          oaiproxy setup          your OpenAI key, an admin login, a database
          oaiproxy serve          your own server, on port 5000
        """;
    }

    /** How to use the server that was left running. */
    static String paste(URI server, String key, AdminEndpoint.AdminLogin login) {
        return """
        It is left running. Press Ctrl-C to stop it.

          base_url  %1$s/v1
          api_key   %2$s

        Python:
          from openai import OpenAI
          client = OpenAI(base_url="%1$s/v1", api_key="%2$s")
          answer = client.chat.completions.create(
              model="gpt-6-luna", messages=[{"role": "user", "content": "Hello"}])
          print(answer.choices[0].message.content)

        Node:
          import OpenAI from "openai";
          const client = new OpenAI({ baseURL: "%1$s/v1", apiKey: "%2$s" });
          const answer = await client.chat.completions.create(
              { model: "gpt-6-luna", messages: [{ role: "user", content: "Hello" }] });
          console.log(answer.choices[0].message.content);

        For the command line, in another terminal:
          export OAIPROXY_URL=%1$s PROXY_SERVER_USER=%3$s PROXY_SERVER_PASS=%4$s
          oaiproxy calls --follow
        """
                .formatted(server, key, login.user(), login.password());
    }
}
