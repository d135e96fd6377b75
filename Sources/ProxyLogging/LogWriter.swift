/// Takes complete lines, and writes them from a thread of its own.
public final class LogWriter: Sendable {
    /// Takes lines from any thread; what does not fit is dropped and counted.
    package func append(_ lines: UnsafeRawBufferPointer, lineCount: Int) {}

    package init() {}
}
