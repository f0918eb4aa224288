package dev.oaiproxy.cli.distribution;

/**
 * A call as its client saw it.
 *
 * @param call the proxy's id of it; empty if no response began
 * @param openAi OpenAI's id of it
 * @param cost the cost in the response's headers; empty if they have none
 * @param whole true if the client has the last significant byte
 */
record ObservedCall(String call, String openAi, String cost, boolean whole) {
    static final ObservedCall NOTHING = new ObservedCall("", "", "", false);
}
