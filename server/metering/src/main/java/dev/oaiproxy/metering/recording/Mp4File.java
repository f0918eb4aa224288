package dev.oaiproxy.metering.recording;

import java.util.Optional;

/**
 * MP4 with AAC (ISO 14496-12 and -14). Each sample is one AAC frame at the rate in the decoder's
 * configuration, whatever the time table says. The length is unknown if the file has fragments,
 * other codecs, or an edit list that may play a part twice.
 */
final class Mp4File {
    private static final int FRAME_SAMPLES = 1024;
    private static final int SAMPLE_ENTRY_BYTES = 36;
    private static final int QUICKTIME_BYTES = 16;

    private Mp4File() {}

    static Optional<Length> length(AudioBytes in) {
        Mp4Box file = new Mp4Box(in, 0, in.length());
        return file.all("moof").isEmpty()
                ? file.only("moov")
                        .filter(moov -> moov.all("mvex").isEmpty())
                        .flatMap(Mp4File::tracks)
                : Optional.empty();
    }

    private static Optional<Length> tracks(Mp4Box moov) {
        double decoded = 0;
        double claimed = 0;
        for (Mp4Box track : moov.all("trak")) {
            if (isSound(track)) {
                Optional<Length> length = track(track);
                if (length.isEmpty()) {
                    return Optional.empty();
                }
                decoded += length.get().decoded();
                claimed = Math.max(claimed, length.get().claimed());
            }
        }
        return decoded == 0 ? Optional.empty() : Optional.of(new Length(decoded, claimed));
    }

    /** True for a track that may be sound, because it does not say that it is video. */
    private static boolean isSound(Mp4Box track) {
        return track.only("mdia")
                .flatMap(media -> media.only("hdlr"))
                .filter(handler -> handler.says(8, "vide"))
                .isEmpty();
    }

    private static Optional<Length> track(Mp4Box track) {
        Optional<Mp4Box> media = track.only("mdia");
        Optional<Mp4Box> table =
                media.flatMap(box -> box.only("minf")).flatMap(box -> box.only("stbl"));
        Optional<Mp4Box> header = media.flatMap(box -> box.only("mdhd"));
        if (table.isEmpty() || header.isEmpty() || repeats(track)) {
            return Optional.empty();
        }
        long samples = table.get().only("stsz").map(Mp4File::samples).orElse(0L);
        int rate = table.get().only("stsd").map(Mp4File::rate).orElse(0);
        return samples > 0 && rate > 0
                ? Optional.of(
                        new Length((double) samples * FRAME_SAMPLES / rate, claimed(header.get())))
                : Optional.empty();
    }

    private static double claimed(Mp4Box header) {
        boolean wide = header.u8(0) == 1;
        long scale = header.u32(wide ? 20 : 12);
        long duration = wide ? header.u64(24) : header.u32(16);
        return scale == 0 ? 0 : (double) duration / scale;
    }

    /** True if an edit list plays more than one part, since the parts may be the same. */
    private static boolean repeats(Mp4Box track) {
        Optional<Mp4Box> edits = track.only("edts").flatMap(box -> box.only("elst"));
        if (edits.isEmpty()) {
            return !track.all("edts").isEmpty();
        }
        Mp4Box list = edits.get();
        boolean wide = list.u8(0) == 1;
        long count = list.u32(4);
        int played = 0;
        for (int i = 0; i < Math.min(count, 4); i++) {
            long begin = wide ? list.u64(8 + 20 * i + 8) : (int) list.u32(8 + 12 * i + 4);
            played += begin == -1 ? 0 : 1;
        }
        return played > 1 || count > 4;
    }

    /** The number of samples, or 0 if the file is too short for all of them. */
    private static long samples(Mp4Box sizes) {
        long each = sizes.u32(4);
        long count = sizes.u32(8);
        if (each > 0) {
            return each * count <= sizes.fileBytes() ? count : 0;
        }
        if (count > sizes.length() / 4) {
            return 0;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += sizes.u32(12 + 4 * i);
        }
        return sum <= sizes.fileBytes() ? count : 0;
    }

    /** The rate of the samples if all are AAC of one kind; 0 otherwise. */
    private static int rate(Mp4Box descriptions) {
        if (descriptions.u32(4) != 1 || !descriptions.says(12, "mp4a")) {
            return 0;
        }
        int version = descriptions.u16(24);
        int head = SAMPLE_ENTRY_BYTES + (version == 1 ? QUICKTIME_BYTES : 0);
        if (version > 1) {
            return 0;
        }
        Mp4Box inside = descriptions.from(8 + head);
        return inside.only("esds")
                .or(() -> inside.only("wave").flatMap(wave -> wave.only("esds")))
                .map(AacConfig::rate)
                .orElse(0);
    }
}
