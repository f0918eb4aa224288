package dev.oaiproxy.metering.price.book;

/** Where OpenAI processes calls. Regional hosts charge more for tokens. */
public enum Processing {
    GLOBAL,
    REGIONAL
}
