package dev.oaiproxy.metering.request.field;

import static dev.oaiproxy.metering.request.json.JsonValues.nextMember;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.recording.AudioBytes;
import dev.oaiproxy.metering.request.field.InputScanner.Part;
import dev.oaiproxy.metering.request.picture.Picture;
import dev.oaiproxy.metering.request.picture.Picture.Detail;
import dev.oaiproxy.metering.request.picture.PictureBytes;
import dev.oaiproxy.metering.request.picture.PictureCounts.ByteRange;
import dev.oaiproxy.metering.request.picture.PictureHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message or of a tool's output. An unambiguous picture or sound is recorded with its
 * size. Any other part that names an image or a file leaves the input without a bound.
 */
final class ContentPart {
    private static final Set<String> LISTS = Set.of("messages", "input", "items");
    private static final String SCREENSHOT = "computer_screenshot";
    private static final String SOUND = "input_audio";
    private static final String CHATS = "image_url";
    private static final Set<String> PICTURES = Set.of(CHATS, "input_image", SCREENSHOT);

    private final JsonParser in;
    private final byte[] body;
    private final RequestFactsBuilder facts;
    private final InputScanner scan;
    private final List<String> types = new ArrayList<>();
    private final List<Detail> details = new ArrayList<>();
    private final Set<String> said = new HashSet<>();
    private ByteRange source = ByteRange.NONE;
    private int sources;
    private Optional<AudioBytes> heard = Optional.empty();
    private boolean odd;
    private boolean address;
    private boolean nested;
    private int nestedDetails;

    ContentPart(JsonParser in, byte[] body, RequestFactsBuilder facts, InputScanner scan) {
        this.in = in;
        this.body = body;
        this.facts = facts;
        this.scan = scan;
    }

    /**
     * True if OpenAI reads an object at this position as a part of the input: in a list named
     * content or output, or as a single output. Elsewhere the caller chooses the names of objects.
     */
    static boolean isPlace(JsonStreamContext object) {
        JsonStreamContext list = object.getParent();
        boolean listed = list != null && list.inArray();
        JsonStreamContext item = listed ? list.getParent() : list;
        if (item == null || !item.inObject()) {
            return false;
        }
        String name = item.getCurrentName();
        JsonStreamContext items = item.getParent();
        JsonStreamContext root = items == null ? null : items.getParent();
        boolean output = "output".equals(name) && !isIn(items, "messages");
        return (output || (listed && "content".equals(name)))
                && items != null
                && items.inArray()
                && root != null
                && root.inObject()
                && LISTS.contains(String.valueOf(root.getCurrentName()))
                && root.getParent() != null
                && root.getParent().inRoot();
    }

    private static boolean isIn(@Nullable JsonStreamContext list, String name) {
        return list != null
                && list.getParent() != null
                && name.equals(list.getParent().getCurrentName());
    }

    void read() throws IOException {
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            member(name);
        }
        end();
    }

    private void member(String name) throws IOException {
        switch (name) {
            case "type" -> {
                if (in.hasToken(JsonToken.VALUE_STRING)) {
                    types.add(in.getText());
                } else {
                    odd(name);
                }
            }
            case "image_url" -> image(name);
            case SOUND -> sound();
            case "file_id" -> {
                once(name);
                if (in.hasToken(JsonToken.VALUE_STRING)) {
                    sources++;
                } else {
                    odd |= !in.hasToken(JsonToken.VALUE_NULL);
                    scan.member(Part.MESSAGES, name);
                }
            }
            case "detail" -> detail(name);
            default -> scan.member(Part.MESSAGES, name);
        }
    }

    private void once(String name) {
        odd |= !said.add(name);
    }

    private void odd(String name) throws IOException {
        odd = true;
        scan.member(Part.MESSAGES, name);
    }

    private void image(String name) throws IOException {
        once(name);
        switch (in.currentToken()) {
            case VALUE_NULL -> {}
            case VALUE_STRING -> url();
            case START_OBJECT -> {
                nested = true;
                for (String inner = nextMember(in); inner != null; inner = nextMember(in)) {
                    inner(inner);
                }
            }
            default -> odd(name);
        }
    }

    /** Reads a member of a chat's picture, which is an object of its own. */
    private void inner(String name) throws IOException {
        if (name.equals("detail")) {
            int before = details.size();
            detail(name);
            nestedDetails += details.size() - before;
        } else if (name.equals("url") && in.hasToken(JsonToken.VALUE_STRING)) {
            once(name);
            url();
        } else {
            odd(name);
        }
    }

    private void sound() throws IOException {
        once(SOUND);
        if (!in.hasToken(JsonToken.START_OBJECT)) {
            odd(SOUND);
            return;
        }
        for (String name = nextMember(in); name != null; name = nextMember(in)) {
            once(SOUND + "." + name);
            if (name.equals("data") && in.hasToken(JsonToken.VALUE_STRING)) {
                sources++;
                source = raw();
                heard = AudioBytes.ofBase64(body, source.from(), source.to());
            } else if (!name.equals("format") || !in.hasToken(JsonToken.VALUE_STRING)) {
                odd(name);
            }
        }
    }

    private void detail(String name) throws IOException {
        if (in.hasToken(JsonToken.VALUE_STRING)) {
            details.add(Detail.of(in.getText()));
        } else if (!in.hasToken(JsonToken.VALUE_NULL)) {
            odd(name);
        }
    }

    private void url() {
        sources++;
        source = raw();
        odd |= !PictureBytes.mayBePicture(body, source);
        address |= InputScanner.isAddress(body[source.from()]);
    }

    /** The range of the current text in its escaped form. */
    private ByteRange raw() {
        int from = (int) in.currentTokenLocation().getByteOffset() + 1;
        int to = from;
        while (to < body.length && body[to] != '"') {
            to += body[to] == '\\' ? 2 : 1;
        }
        return new ByteRange(from, Math.min(to, body.length));
    }

    private void end() {
        boolean picture = types.size() == 1 && PICTURES.contains(types.getFirst());
        facts.countable &= !address;
        // In a chat the picture is an object of its own, in a response it is not.
        odd |= picture && nested != types.getFirst().equals(CHATS);
        boolean sound = types.equals(List.of(SOUND)) && heard.isPresent();
        boolean plain = sources == 1 && !odd && said.contains(SOUND) == sound;
        if (sound && plain) {
            facts.bounded &= facts.pictures.add(heard.get(), source);
        } else if (picture && plain) {
            facts.bounded &= facts.pictures.add(picture(), source);
        } else {
            facts.bounded &= sources == 0 && types.stream().allMatch(InputScanner::isBounded);
        }
    }

    private Picture picture() {
        Detail detail = detail();
        return source.length() == 0
                ? Picture.unmeasured(detail)
                : PictureHeader.read(new PictureBytes(body, source), detail);
    }

    /**
     * The detail of the picture. OpenAI documents neither the detail of screenshots nor a detail
     * outside of a chat's picture object.
     */
    private Detail detail() {
        if (nested && details.size() > nestedDetails) {
            return Detail.UNKNOWN;
        }
        return switch (details.size()) {
            case 0 -> types.getFirst().equals(SCREENSHOT) ? Detail.UNKNOWN : Detail.AUTO;
            case 1 -> details.getFirst();
            default -> Detail.UNKNOWN;
        };
    }
}
