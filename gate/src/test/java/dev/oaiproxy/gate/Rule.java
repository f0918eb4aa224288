package dev.oaiproxy.gate;

/** The rules, as failures and {@link Allowances} name them. */
enum Rule {
    IMPORTS,
    ONE_PLACE,
    ONE_EXIT,
    CLOCK,
    FLOATING_POINT,
    FILE_LENGTH,
    LINE_LENGTH,
    METHOD_LENGTH,
    PARAMETERS,
    NAMES,
    GLOSSARY,
    OPEN_CLASS,
    PACKAGE_INFO,
    PACKAGE_SIZE,
    PROCESS,
    MACHINE
}
