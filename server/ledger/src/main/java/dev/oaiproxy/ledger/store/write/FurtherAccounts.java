package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import java.util.List;

/**
 * The further accounts that a call pays into, as they were when it was admitted: quotas may be set
 * and removed while it runs.
 *
 * @param text the numbers of the accounts in their order, with spaces between
 */
public record FurtherAccounts(String text) {
    public static final FurtherAccounts NONE = new FurtherAccounts("");

    /** The most further accounts of a scope; the column has room for those of five scopes. */
    static final int MOST_OF_SCOPE = 8;

    public static FurtherAccounts of(String text) {
        return text.isEmpty() ? NONE : new FurtherAccounts(text);
    }

    /** Those among some accounts. */
    static FurtherAccounts among(List<Account> accounts) {
        StringBuilder text = new StringBuilder();
        for (Account account : accounts) {
            if (account.isFurther()) {
                text.append(text.isEmpty() ? "" : " ").append(account.id());
            }
        }
        return of(text.toString());
    }

    public boolean has(long account) {
        int at = 0;
        while (at < text.length()) {
            long number = 0;
            for (; at < text.length() && text.charAt(at) != ' '; at++) {
                number = 10 * number + (text.charAt(at) - '0');
            }
            if (number == account) {
                return true;
            }
            at++;
        }
        return false;
    }

    /** The numbers of the accounts. */
    public List<Long> numbers() {
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(" ")).stream().map(Long::valueOf).toList();
    }
}
