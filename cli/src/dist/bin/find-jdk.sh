# Finds a Java that is new enough. Sourced by bin/oaiproxy and by ./oaiproxy of the sources; POSIX sh.
# shellcheck shell=sh disable=SC2034 # jdk_home is for those that source this.

# Where Javas are installed, apart from JAVA_HOME and PATH: folders whose children are Java homes.
jdk_dirs=${OAIPROXY_JDK_DIRS-/usr/lib/jvm:/usr/java:/opt:/opt/java:/Library/Java/JavaVirtualMachines:${HOME-}/Library/Java/JavaVirtualMachines:${HOME-}/.sdkman/candidates/java:${HOME-}/.jdks:${HOME-}/.asdf/installs/java:${HOME-}/.local/share/mise/installs/java:/opt/homebrew/opt:/usr/local/opt:/home/linuxbrew/.linuxbrew/opt}

# find_jdk RELEASE PROGRAM: sets jdk_home to the first Java of that release or newer that has the
# program (java, or javac for a JDK), or fails. jdk_seen lists those that are too old. jdk_own, if it
# is set, is looked at before all others.
find_jdk() {
    jdk_home=''
    jdk_seen=''
    jdk_try "$1" "$2" "${jdk_own-}" && return
    jdk_try "$1" "$2" "${JAVA_HOME-}" && return
    jdk_in_path && jdk_try "$1" "$2" "$jdk_candidate" && return
    jdk_rest=$jdk_dirs:
    while [ -n "$jdk_rest" ]; do
        jdk_dir=${jdk_rest%%:*}
        jdk_rest=${jdk_rest#*:}
        [ -n "$jdk_dir" ] || continue
        for jdk_candidate in "$jdk_dir"/* "$jdk_dir"/*/Contents/Home \
            "$jdk_dir"/*/libexec/openjdk.jdk/Contents/Home; do
            jdk_try "$1" "$2" "$jdk_candidate" && return
        done
    done
    return 1
}

# Sets jdk_candidate to the home of the java that PATH finds, or fails.
jdk_in_path() {
    jdk_program=$(command -v java) && [ -x "$jdk_program" ] || return
    while [ -L "$jdk_program" ]; do
        jdk_target=$(readlink "$jdk_program")
        case $jdk_target in
            /*) jdk_program=$jdk_target ;;
            *) jdk_program=${jdk_program%/*}/$jdk_target ;;
        esac
    done
    jdk_candidate=${jdk_program%/bin/java}
}

# jdk_try RELEASE PROGRAM HOME: sets jdk_home if that home will do, else notes its release and fails.
jdk_try() {
    [ -n "$3" ] && [ -x "$3/bin/$2" ] || return
    jdk_release "$3"
    if [ "${jdk_found:-0}" -ge "$1" ]; then
        jdk_home=$3
        return
    fi
    jdk_seen="$jdk_seen
    ${jdk_found:-unknown}  $3"
    return 1
}

# jdk_release HOME: sets jdk_found to its release, 25 for instance, and jdk_build to what its release
# file says. Reads that file where there is one, because starting java costs a tenth of a second.
jdk_release() {
    jdk_found=
    jdk_build=
    if [ -r "$1/release" ]; then
        while IFS= read -r jdk_line; do
            case $jdk_line in
                JAVA_VERSION=*) jdk_found=${jdk_line#JAVA_VERSION=} ;;
            esac
            jdk_build=$jdk_build$jdk_line
        done <"$1/release"
    else
        jdk_found=$("$1/bin/java" -version 2>&1 | sed -n 's/^.* version //p')
    fi
    jdk_found=${jdk_found#\"}
    jdk_found=${jdk_found%%[!0-9]*}
}

# jdk_missing RELEASE WHAT: says on stderr what is missing and how to get it.
jdk_missing() {
    {
        echo "oaiproxy: needs $2 $1 or newer, and found none (looked at JAVA_HOME, PATH and the usual folders)."
        [ -z "$jdk_seen" ] || echo "Too old:$jdk_seen"
        cat <<END
Get one, for instance Temurin $1:
    macOS             brew install --cask temurin@$1
    Debian, Ubuntu    apt install temurin-$1-jdk    (after https://adoptium.net/installation/linux)
    Fedora, RHEL      dnf install temurin-$1-jdk    (after https://adoptium.net/installation/linux)
    Alpine            apk add openjdk$1
    with SDKMAN       sdk install java $1-tem
    anything else     https://adoptium.net/temurin/releases/?version=$1
If it is somewhere else, let JAVA_HOME name its folder.
END
    } >&2
}
