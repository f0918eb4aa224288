package dev.oaiproxy.metering.request.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.oaiproxy.metering.request.picture.PictureCounts.ByteRange;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The bytes of a picture in a JSON string with a data URL. If anything in the string is unusual,
 * another decoder might decode other bytes: the bytes end there, and {@link #failed} is true.
 */
public final class PictureBytes {
    private static final int LONGEST_HEAD = 64;
    private static final int LARGEST = 8 << 20;
    private static final String IMAGE = "data:image/";
    private static final Pattern HEAD =
            Pattern.compile("data:image(?:/|\\\\/)[a-z0-9.+-]{1,40};base64,");
    private static final byte[] SEXTETS = sextets();

    private final byte[] json;
    private final int end;
    private int at;
    private int bits;
    private int bitCount;
    private int read;
    private boolean failed;

    /**
     * @param string the range between the quotes of the string, with its escapes
     */
    public PictureBytes(byte[] json, ByteRange string) {
        this.json = json;
        this.end = string.to();
        String start = start(json, string);
        var head = HEAD.matcher(start);
        this.failed = !head.lookingAt();
        this.at = failed ? end : string.from() + head.end();
    }

    /** True if a string is no data URL, or the data URL of a picture. */
    public static boolean mayBePicture(byte[] json, ByteRange string) {
        String start = start(json, string).replace("\\/", "/");
        boolean cut = start.length() > 0 && start.indexOf('\\') == start.length() - 1;
        boolean plain = cut || start.indexOf('\\') < 0;
        return plain && (!start.regionMatches(true, 0, "data:", 0, 5) || start.startsWith(IMAGE));
    }

    private static String start(byte[] json, ByteRange string) {
        int length = Math.min(LONGEST_HEAD, string.length());
        return new String(json, string.from(), length, ISO_8859_1);
    }

    /** True if the reader has passed the last byte. */
    boolean failed() {
        return failed;
    }

    /** The next byte; 0 after the last one. */
    int octet() {
        while (bitCount < 8 && !failed) {
            sextet();
        }
        if (failed || ++read > LARGEST) {
            failed = true;
            return 0;
        }
        bitCount -= 8;
        return (bits >> bitCount) & 0xFF;
    }

    int big16() {
        return (octet() << 8) | octet();
    }

    long big32() {
        return ((long) big16() << 16) | big16();
    }

    int little16() {
        return octet() | (octet() << 8);
    }

    int little24() {
        return little16() | (octet() << 16);
    }

    void skip(long bytes) {
        for (long left = bytes; left > 0 && !failed; left--) {
            octet();
        }
    }

    /** Skips the next bytes if they are these; otherwise false. */
    boolean starts(String bytes) {
        boolean same = true;
        for (int i = 0; i < bytes.length(); i++) {
            same &= octet() == bytes.charAt(i);
        }
        return same;
    }

    private void sextet() {
        if (at < end - 1 && json[at] == '\\' && json[at + 1] == '/') {
            at++;
        }
        int six = at < end ? SEXTETS[json[at] & 0xFF] : -1;
        at++;
        failed |= six < 0;
        bits = ((bits << 6) | (six & 0x3F)) & 0xFFFF;
        bitCount += 6;
    }

    private static byte[] sextets() {
        byte[] table = new byte[256];
        Arrays.fill(table, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            table[alphabet.charAt(i)] = (byte) i;
        }
        return table;
    }
}
