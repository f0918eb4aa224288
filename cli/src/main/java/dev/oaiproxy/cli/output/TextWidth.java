package dev.oaiproxy.cli.output;

/** The number of columns that a text takes on a terminal. */
final class TextWidth {
    /** First and last code points of the ranges that take two columns (Unicode, UAX 11). */
    private static final int[] WIDE = {
        0x1100, 0x115F, 0x231A, 0x231B, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00,
        0xA4CF, 0xA960, 0xA97C, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60,
        0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1F9FF, 0x20000, 0x3FFFD
    };

    /** On a terminal that is narrower than anybody has, lines are longer than it. */
    static final int LEAST_ROOM = 20;

    private TextWidth() {}

    static int of(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += of(text.codePointAt(i));
        }
        return width;
    }

    /** The text, cut to a width, with a sign that something is missing. */
    static String cut(String text, int most, String sign) {
        if (of(text) <= most) {
            return text;
        }
        var kept = new StringBuilder();
        int room = most - of(sign);
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            room -= of(character);
            if (room < 0) {
                break;
            }
            kept.appendCodePoint(character);
        }
        return kept.append(sign).toString();
    }

    /**
     * The text on lines of a width, broken at spaces where there are some.
     *
     * @param indent what stands before each line but the first
     */
    static String wrapped(String text, int room, String indent) {
        if (of(text) <= Math.max(LEAST_ROOM, room)) {
            return text;
        }
        var lines = new StringBuilder();
        String rest = text;
        while (of(rest) > Math.max(LEAST_ROOM, room)) {
            String line = cut(rest, Math.max(LEAST_ROOM, room), "");
            int space = line.lastIndexOf(' ');
            int end = space > 0 ? space : line.length();
            lines.append(rest, 0, end).append('\n').append(indent);
            rest = rest.substring(end).stripLeading();
        }
        return lines.append(rest).toString();
    }

    private static int of(int character) {
        if (character < WIDE[0]) {
            return combines(character) ? 0 : 1;
        }
        for (int i = 0; i < WIDE.length; i += 2) {
            if (character >= WIDE[i] && character <= WIDE[i + 1]) {
                return 2;
            }
        }
        return combines(character) ? 0 : 1;
    }

    private static boolean combines(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }
}
