package dev.oaiproxy.cli.distribution;

/**
 * What a client saw of one call.
 *
 * @param call the proxy's id of it; empty when no answer began
 * @param openAi the id that OpenAI gave it
 * @param cost what the answer's headers say that it cost; empty when they do not
 * @param whole whether the client has the last byte that means something
 */
record ObservedCall(String call, String openAi, String cost, boolean whole) {
    static final ObservedCall NOTHING = new ObservedCall("", "", "", false);
}
