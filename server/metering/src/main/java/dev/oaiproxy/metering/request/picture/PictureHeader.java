package dev.oaiproxy.metering.request.picture;

import dev.oaiproxy.metering.request.picture.Picture.Detail;

/**
 * Reads the size of a picture from the start of its file: PNG, JPEG, GIF and WebP, which are all
 * that OpenAI accepts. A file may be crafted, so a size that another decoder could read differently
 * is not known.
 */
public final class PictureHeader {
    /** The longest side in pixels. OpenAI has its own ways to scale larger pictures down. */
    private static final long LONGEST_SIDE = 65_535;

    private final PictureBytes in;
    private long width;
    private long height;

    private PictureHeader(PictureBytes in) {
        this.in = in;
    }

    /** The picture in a file; its size is unknown if the file does not state one. */
    public static Picture read(PictureBytes in, Detail detail) {
        PictureHeader header = new PictureHeader(in);
        boolean told = header.file() && !in.failed() && header.isSize();
        return told
                ? new Picture((int) header.width, (int) header.height, detail)
                : Picture.unmeasured(detail);
    }

    private boolean isSize() {
        return width >= 1 && width <= LONGEST_SIDE && height >= 1 && height <= LONGEST_SIDE;
    }

    /** True if the file has a complete and valid header. */
    private boolean file() {
        return switch (in.octet()) {
            case 0x89 -> in.starts("PNG\r\n\u001a\n") && png();
            case 0xFF -> in.octet() == 0xD8 && jpeg();
            case 'G' -> in.starts("IF8") && gif();
            case 'R' -> in.starts("IFF") && webp();
            default -> false;
        };
    }

    /**
     * Reads all chunks before the pixels, because some decoders use the last of several headers.
     */
    private boolean png() {
        if (in.big32() != 13 || !in.starts("IHDR")) {
            return false;
        }
        width = in.big32();
        height = in.big32();
        in.skip(9);
        while (!in.failed()) {
            long length = in.big32();
            long type = in.big32();
            if (type == 0x49444154) {
                return true;
            }
            if (type == 0x49484452 || type == 0x49454E44) {
                return false;
            }
            in.skip(length + 4);
        }
        return false;
    }

    /** Reads all segments before the first scan. Only one of them may state a size. */
    private boolean jpeg() {
        int frames = 0;
        while (!in.failed()) {
            int marker = marker();
            int length = in.big16() - 2;
            if (marker == 0xDA) {
                return frames == 1;
            }
            boolean frame = isFrame(marker);
            if (length < (frame ? 6 : 0) || !(frame || isSegment(marker))) {
                return false;
            }
            if (frame) {
                in.octet();
                height = in.big16();
                width = in.big16();
                frames++;
            }
            in.skip(frame ? length - 5 : length);
        }
        return false;
    }

    /** The next marker, or 0 if there is none. */
    private int marker() {
        int marker = in.octet() == 0xFF ? 0xFF : 0;
        while (marker == 0xFF && !in.failed()) {
            marker = in.octet();
        }
        return marker;
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0
                && marker <= 0xCF
                && marker != 0xC4
                && marker != 0xC8
                && marker != 0xCC;
    }

    /** True for tables, comments and application data. */
    private static boolean isSegment(int marker) {
        return marker == 0xC4
                || marker == 0xCC
                || marker == 0xDB
                || marker == 0xDD
                || (marker >= 0xE0 && marker <= 0xEF)
                || marker == 0xFE;
    }

    /** Reads a single frame, which may be larger than the screen in the header. */
    private boolean gif() {
        int edition = in.octet();
        if ((edition != '7' && edition != '9') || in.octet() != 'a') {
            return false;
        }
        width = in.little16();
        height = in.little16();
        int flags = in.octet();
        in.skip(2 + colors(flags));
        int frames = 0;
        while (!in.failed()) {
            switch (in.octet()) {
                case 0x21 -> {
                    in.octet();
                    blocks();
                }
                case 0x2C -> {
                    frame();
                    frames++;
                }
                case 0x3B -> {
                    return frames == 1;
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private void frame() {
        int left = in.little16();
        int top = in.little16();
        width = Math.max(width, left + in.little16());
        height = Math.max(height, top + in.little16());
        in.skip(colors(in.octet()) + 1);
        blocks();
    }

    private static long colors(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3L << ((flags & 7) + 1);
    }

    private void blocks() {
        int length = in.octet();
        while (length > 0 && !in.failed()) {
            in.skip(length);
            length = in.octet();
        }
    }

    private boolean webp() {
        in.skip(4);
        if (!in.starts("WEBPVP8")) {
            return false;
        }
        int kind = in.octet();
        in.skip(4);
        return switch (kind) {
            case ' ' -> lossy();
            case 'L' -> lossless();
            case 'X' -> extended();
            default -> false;
        };
    }

    private boolean lossy() {
        boolean key = (in.octet() & 1) == 0;
        in.skip(2);
        boolean started = in.starts("\u009d\u0001*");
        width = in.little16() & 0x3FFF;
        height = in.little16() & 0x3FFF;
        return key && started;
    }

    private boolean lossless() {
        boolean started = in.octet() == 0x2F;
        long bits = in.little16() | ((long) in.little16() << 16);
        width = (bits & 0x3FFF) + 1;
        height = ((bits >> 14) & 0x3FFF) + 1;
        return started && bits >> 29 == 0;
    }

    /** True for a picture without animation. */
    private boolean extended() {
        boolean still = (in.octet() & 2) == 0;
        in.skip(3);
        width = in.little24() + 1L;
        height = in.little24() + 1L;
        return still;
    }
}
