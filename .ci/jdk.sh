# For scripts to source: `needed` is the oldest Java that will do, `find_jdk` prints the home of a JDK that does.
# shellcheck shell=bash
needed=25

# The first JDK that is new enough: JAVA_HOME, the one on the PATH, the usual places.
find_jdk() {
  local home on_path version
  on_path=$(readlink -f "$(command -v javac || true)" || true)
  for home in "${JAVA_HOME-}" "${on_path%/bin/javac}" /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -x "$home/bin/javac" ] && [ -r "$home/release" ]; then
      version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
      if [ "${version:-0}" -ge "$needed" ]; then
        printf '%s\n' "$home"
        return
      fi
    fi
  done
  return 1
}
