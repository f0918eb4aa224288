package dev.oaiproxy.app.config;

/** A setting is wrong or unknown. The message names it and the remedy, but never its value. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    /** A setting with a value other than the expected ones. */
    public ConfigException(Setting setting, String expected) {
        this(setting.fullName() + " must be " + expected);
    }

    public ConfigException(Setting setting, String expected, Throwable cause) {
        this(setting.fullName() + " must be " + expected, cause);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
