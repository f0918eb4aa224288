/** Chats, completions, embeddings and moderations. */
@NullMarked
package dev.oaiproxy.sandbox.chat;

import org.jspecify.annotations.NullMarked;
