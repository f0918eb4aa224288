/**
 * {@code oaiproxy prices}: the price book in force, and price books as files.
 *
 * <p>{@link PricesCommand} is the entry. Price books are read by the server's own reader; nothing
 * here may parse one.
 */
@NullMarked
package dev.oaiproxy.cli.command.price;

import org.jspecify.annotations.NullMarked;
