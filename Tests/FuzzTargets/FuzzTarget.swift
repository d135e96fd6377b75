/// Code that is fed with arbitrary bytes: by libFuzzer, and by the tests with the committed seeds.
///
/// It must neither crash nor throw a ``Finding``.
package struct FuzzTarget: Sendable {
    /// What `Scripts/fuzz --target` and the folder of seeds are called.
    package let name: String
    /// Feeds an input; throws a ``Finding`` when a promise is broken.
    package let run: @Sendable (UnsafeRawBufferPointer) throws -> Void

    package static let all = [
        FuzzTarget(name: "wire", run: fuzzWire),
        FuzzTarget(name: "messages", run: fuzzMessages),
        FuzzTarget(name: "body", run: fuzzBody),
        FuzzTarget(name: "text", run: fuzzText),
        FuzzTarget(name: "head", run: fuzzHead),
        FuzzTarget(name: "json", run: fuzzJSON),
        FuzzTarget(name: "session", run: fuzzSession),
        FuzzTarget(name: "split", run: fuzzSplit),
    ]
}

/// A promise that an input broke.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws a finding unless a promise is kept.
func promise(_ isKept: Bool, _ text: @autoclosure () -> String) throws {
    if !isKept { throw Finding(text()) }
}
