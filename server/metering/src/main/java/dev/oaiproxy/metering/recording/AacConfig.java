package dev.oaiproxy.metering.recording;

/** The configuration of an AAC decoder (ISO 14496-1, section 7.2.6, and 14496-3, section 1.6.2). */
final class AacConfig {
    private static final int STREAM = 3;
    private static final int DECODER = 4;
    private static final int SPECIFIC = 5;
    private static final int MPEG4_AUDIO = 0x40;
    private static final int LOW_COMPLEXITY = 2;
    private static final int BAND_REPLICATION = 5;
    private static final int PARAMETRIC_STEREO = 29;
    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350
    };

    private final Mp4Box box;
    private int at = 4;

    private AacConfig(Mp4Box box) {
        this.box = box;
    }

    /** The sample rate of the frames, before spectral band replication; 0 if it is not known. */
    static int rate(Mp4Box esds) {
        return new AacConfig(esds).rate();
    }

    private int rate() {
        if (!enter(STREAM)) {
            return 0;
        }
        // The stream neither depends on another stream nor names a URL.
        boolean plain = (box.u8(at + 2) & 0xE0) == 0;
        at += 3;
        if (!plain || !enter(DECODER) || box.u8(at) != MPEG4_AUDIO) {
            return 0;
        }
        at += 13;
        return enter(SPECIFIC) ? specific(box.u32(at - 1)) : 0;
    }

    /** Enters a descriptor: skips its tag and its length. False if it has another tag. */
    private boolean enter(int tag) {
        boolean found = box.u8(at) == tag;
        at++;
        while ((box.u8(at) & 0x80) != 0) {
            at++;
        }
        at++;
        return found;
    }

    /**
     * The sample rate at the start of the decoder's configuration; 0 if it is not known.
     *
     * @param bits the first three bytes of the configuration, preceded by one other byte
     */
    private static int specific(long bits) {
        int kind = (int) (bits >> 19) & 0x1F;
        int rate = (int) (bits >> 15) & 0xF;
        boolean known =
                kind == LOW_COMPLEXITY || kind == BAND_REPLICATION || kind == PARAMETRIC_STEREO;
        return known && rate < RATES.length ? RATES[rate] : 0;
    }
}
