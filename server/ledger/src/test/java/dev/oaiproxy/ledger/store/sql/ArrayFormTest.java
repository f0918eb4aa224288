package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArrayFormTest {
    @Test
    void anInsertSelectsItsRows() {
        assertThat(
                        ArrayForm.of(
                                        "INSERT INTO t (a, b, c) VALUES (?, 0, ?) ON CONFLICT (a)"
                                                + " DO UPDATE SET c = t.c + EXCLUDED.c")
                                .sql())
                .isEqualTo(
                        "INSERT INTO t (a, b, c) SELECT a0, 0, a1 FROM unnest(?, ?) AS a (a0, a1)"
                                + " ON CONFLICT (a) DO UPDATE SET c = t.c + EXCLUDED.c");
    }

    @Test
    void anUpdateIsGivenItsKeysTwice() {
        ArrayForm form = ArrayForm.of("UPDATE t SET a = ?, b = ? WHERE id = ? AND a = ?");
        assertThat(form.sql())
                .isEqualTo(
                        "UPDATE t SET a = a0, b = a1 FROM unnest(?, ?, ?, ?) AS a (a0, a1, a2, a3)"
                                + " WHERE id = ANY (?) AND id = a2 AND a = a3");
        List<Object> arguments = new ArrayList<>();
        form.addArguments(
                List.of(new Object[] {1L, "x", 7, 0L}, new Object[] {2L, "y", 8, 0L}), arguments);
        assertThat(arguments)
                .containsExactly(
                        new long[] {1, 2},
                        new String[] {"x", "y"},
                        new long[] {7, 8},
                        new long[] {0, 0},
                        new long[] {7, 8});
    }

    @Test
    void aDeleteUsesTheRows() {
        assertThat(ArrayForm.of("DELETE FROM t WHERE id = ?").sql())
                .isEqualTo(
                        "DELETE FROM t USING unnest(?) AS a (a0) WHERE id = ANY (?) AND id = a0");
    }
}
