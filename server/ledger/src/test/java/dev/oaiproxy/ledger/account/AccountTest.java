package dev.oaiproxy.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rule of an account, as pages of a ledger. */
@Tag("fast")
class AccountTest {
    @Test
    void holdsUntilSpentAndHeldReachTheLimit() {
        page(
                """
                12:00 limit 10.00 day
                12:00 hold 6.00         -> held
                12:00 hold 4.01         -> over quota: 4.00 of 10.00 free
                12:01 hold 4.00         -> held
                12:01 hold 0.01         -> over quota: 0.00 of 10.00 free
                12:02 settle 6.00 1.50  -> spent 1.50 held 4.00
                12:02 hold 4.50         -> held
                12:03 settle 4.00 4.00  -> spent 5.50 held 4.50
                12:03 release 4.50      -> spent 5.50 held 0.00
                """);
    }

    @Test
    void holdsWhateverItIsAskedForWithoutALimit() {
        page(
                """
                12:00 hold 1000000.00   -> held
                12:00 hold 1000000.00   -> held
                """);
    }

    @Test
    void chargesMoreThanWasHeldAndRefusesWhatFollows() {
        page(
                """
                12:00 limit 1.00 day
                12:00 hold 1.00         -> held
                12:01 settle 1.00 1.25  -> spent 1.25 held 0.00
                12:01 hold 0.00         -> over quota: -0.25 of 1.00 free
                """);
    }

    @Test
    void beginsANewPeriodWithNothingSpentAndKeepsItsHolds() {
        page(
                """
                23:58 limit 2.00 day
                23:58 hold 1.00         -> held
                23:58 hold 1.00         -> held
                23:59 settle 1.00 1.00  -> spent 1.00 held 1.00
                24:00 hold 1.50         -> over quota: 1.00 of 2.00 free
                24:00 hold 1.00         -> held
                """);
    }

    @Test
    void chargesTheCallsOfAnEndedPeriodToThatPeriod() {
        page(
                """
                23:58 limit 2.00 day
                23:58 hold 1.00         -> held
                24:01 hold 1.00         -> held
                24:02 late 1.00 0.75    -> spent 0.00 held 1.00
                24:02 settle 1.00 0.50  -> spent 0.50 held 0.00
                """);
    }

    @Test
    void hasAnExtraLimitUntilItsRaiseEnds() {
        page(
                """
                12:00 limit 2.00 total
                12:00 extra 1.00 13:00
                12:00 hold 3.01         -> over quota: 3.00 of 3.00 free
                12:00 hold 2.50         -> held
                12:59 hold 0.50         -> held
                13:00 hold 0.01         -> over quota: -1.00 of 2.00 free
                13:01 settle 2.50 1.00  -> spent 1.00 held 0.50
                13:01 hold 0.50         -> held
                """);
    }

    @Test
    void beginsANewHourWithNothingSpent() {
        page(
                """
                12:59 limit 1.00 hour
                12:59 hold 1.00         -> held
                12:59 settle 1.00 1.00  -> spent 1.00 held 0.00
                12:59 hold 0.01         -> over quota: 0.00 of 1.00 free
                13:00 hold 1.00         -> held
                """);
    }

    @Test
    void raisesAndLowersAHold() {
        page(
                """
                12:00 limit 2.00 day
                12:00 hold 1.00         -> held
                12:00 raise 1.01        -> over quota: 1.00 of 2.00 free
                12:00 raise 1.00        -> held
                12:01 raise -0.50       -> held
                12:01 hold 0.50         -> held
                """);
    }

    @Test
    void countsTheCallsOfAMinute() {
        page(
                """
                12:00 rates 2 none none
                12:00 hold 0.01         -> held
                12:00 hold 0.01         -> held
                12:00 hold 0.01         -> over rate: requests per min (RPM) 2, in PT1M
                12:01 hold 0.01         -> held
                """);
    }

    @Test
    void countsTheTokensOfAMinuteAndCorrectsThem() {
        page(
                """
                12:00 rates none 250 none
                12:00 hold 0.01         -> held
                12:00 hold 0.01         -> held
                12:00 hold 0.01         -> over rate: tokens per min (TPM) 250, in PT1M
                12:00 tokens -60        -> corrected
                12:00 hold 0.01         -> held
                12:01 hold 0.01         -> held
                """);
    }

    @Test
    void countsTheCallsInFlight() {
        page(
                """
                12:00 rates none none 1
                12:00 hold 0.01         -> held
                12:01 hold 0.01         -> over rate: parallel requests 1, in PT1S
                12:01 owed 0.01         -> held
                12:01 release 0.01      -> spent 0.00 held 0.01
                12:01 hold 0.01         -> over rate: parallel requests 1, in PT1S
                12:01 land              -> spent 0.00 held 0.01
                12:01 hold 0.01         -> held
                """);
    }

    @Test
    void refusesEverybodyWhenItIsClosed() {
        page(
                """
                12:00 expires 12:02
                12:01 hold 0.01         -> held
                12:02 hold 0.01         -> expired
                12:02 revoke
                12:02 hold 0.01         -> inactive
                """);
    }

    private static void page(String lines) {
        Page page = new Page();
        List<String> expected = lines.lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertThat(expected.stream().map(page::run).toList()).isEqualTo(expected);
    }

    /** Reads a line of a page, does what it says, and writes it anew with its result. */
    private static final class Page {
        private static final Instant MIDNIGHT = Instant.parse("2026-11-23T00:00:00Z");
        private static final long TOKENS = 100;

        private Account account =
                new Account(
                        1,
                        1,
                        "everyone",
                        true,
                        Account.NEVER,
                        QuotaPeriod.TOTAL,
                        ModelGlobs.ALL,
                        Account.NO_LIMIT,
                        Account.Raise.NONE,
                        Account.NO_LIMIT,
                        Account.NO_LIMIT,
                        Account.NO_LIMIT,
                        blank(Account.NEVER));

        String run(String line) {
            String step = line.replaceFirst(" ->.*", "");
            List<String> words = new ArrayList<>(List.of(step.split(" ")));
            Instant at = moment(words.removeFirst());
            account = account.at(at, ZoneOffset.UTC);
            String result = run(words.removeFirst(), words, at);
            return result.isEmpty() ? step : step + " -> " + result;
        }

        private String run(String verb, List<String> words, Instant at) {
            return switch (verb) {
                case "limit" -> limit(words, at);
                case "rates" -> rates(words);
                case "extra" -> extra(words);
                case "expires" -> close(true, moment(words.getFirst()).toEpochMilli());
                case "revoke" -> close(false, account.expiresMillis());
                case "hold" -> {
                    long nanos = nanos(words.getFirst());
                    yield step(account.refusal(nanos, TOKENS, at), account.hold(nanos, TOKENS, at));
                }
                case "owed" -> step(Optional.empty(), account.holdOwed(nanos(words.getFirst())));
                case "raise" -> {
                    long nanos = nanos(words.getFirst());
                    yield step(account.refusal(nanos, at), account.resize(nanos));
                }
                case "tokens" -> {
                    long tokens = Long.parseLong(words.getFirst());
                    account = account.correctTokens(at.toEpochMilli(), tokens);
                    yield "corrected";
                }
                case "land" -> balance(account.land());
                case "release" -> balance(account.release(nanos(words.getFirst())));
                case "settle" -> settle(words, at);
                case "late" -> settle(words, MIDNIGHT);
                default -> throw new IllegalArgumentException(verb);
            };
        }

        private String limit(List<String> words, Instant at) {
            QuotaPeriod period = QuotaPeriod.labelled(words.get(1));
            account =
                    new Account(
                                    1,
                                    1,
                                    "everyone",
                                    true,
                                    Account.NEVER,
                                    period,
                                    ModelGlobs.ALL,
                                    nanos(words.getFirst()),
                                    Account.Raise.NONE,
                                    account.rpm(),
                                    account.tpm(),
                                    account.parallel(),
                                    blank(0))
                            .at(at, ZoneOffset.UTC);
            return "";
        }

        private String extra(List<String> words) {
            long until = moment(words.get(1)).toEpochMilli();
            account =
                    new Account(
                            1,
                            1,
                            "everyone",
                            true,
                            Account.NEVER,
                            account.period(),
                            ModelGlobs.ALL,
                            account.limitNanos(),
                            new Account.Raise(nanos(words.getFirst()), until),
                            account.rpm(),
                            account.tpm(),
                            account.parallel(),
                            account.balance());
            return "";
        }

        private String rates(List<String> words) {
            account =
                    new Account(
                            1,
                            1,
                            "everyone",
                            true,
                            Account.NEVER,
                            account.period(),
                            ModelGlobs.ALL,
                            account.limitNanos(),
                            account.raise(),
                            rate(words.get(0)),
                            rate(words.get(1)),
                            rate(words.get(2)),
                            account.balance());
            return "";
        }

        private String close(boolean active, long expiresMillis) {
            account =
                    new Account(
                            1,
                            1,
                            "everyone",
                            active,
                            expiresMillis,
                            account.period(),
                            ModelGlobs.ALL,
                            account.limitNanos(),
                            account.raise(),
                            account.rpm(),
                            account.tpm(),
                            account.parallel(),
                            account.balance());
            return "";
        }

        private String step(Optional<Admission.Refused> refusal, Account after) {
            if (refusal.isEmpty()) {
                account = after;
            }
            return refusal.map(Page::text).orElse("held");
        }

        private static String text(Admission.Refused refused) {
            return switch (refused) {
                case Admission.OverQuota quota ->
                        "over quota: "
                                + dollars(quota.free())
                                + " of "
                                + dollars(quota.limit())
                                + " free";
                case Admission.OverRate rate ->
                        "over rate: "
                                + rate.what()
                                + " "
                                + rate.limit()
                                + ", in "
                                + rate.retryAfter();
                case Admission.Inactive _ -> "inactive";
                case Admission.Expired _ -> "expired";
            };
        }

        private String settle(List<String> words, Instant booked) {
            return balance(
                    account.release(nanos(words.get(0)))
                            .charge(booked.toEpochMilli(), nanos(words.get(1))));
        }

        private String balance(Account after) {
            account = after;
            Account.Balance now = after.balance();
            return "spent "
                    + dollars(Usd.ofNanos(now.spentNanos()))
                    + " held "
                    + dollars(Usd.ofNanos(now.heldNanos()));
        }

        private static Account.Balance blank(long endMillis) {
            return new Account.Balance(
                    new QuotaPeriod.Interval(0, endMillis), 0, 0, new Account.Minute(0, 0, 0), 0);
        }

        private static Instant moment(String time) {
            String[] parts = time.split(":", 2);
            return MIDNIGHT.plusSeconds(
                    Long.parseLong(parts[0]) * 3600 + Long.parseLong(parts[1]) * 60);
        }

        private static long rate(String word) {
            return word.equals("none") ? Account.NO_LIMIT : Long.parseLong(word);
        }

        private static long nanos(String dollars) {
            return Usd.parse(dollars).nanos();
        }

        private static String dollars(Usd usd) {
            return usd.toString();
        }
    }
}
