package import HTTP2Framing

/// A received header list that outlives its event.
package struct CopiedHeaders: Sendable {
    private var bytes: [UInt8] = []
    /// The lengths of names and values, which are stored one after the other.
    private var lengths: [(name: Int, value: Int)] = []

    /// A list without fields.
    package init() {}

    package init(_ fields: some Sequence<HeaderField>) {
        for field in fields {
            bytes.append(contentsOf: field.name)
            bytes.append(contentsOf: field.value)
            lengths.append((field.name.count, field.value.count))
        }
    }

    /// Calls `body` with the fields, which are valid during that call.
    package func withFields<Result>(_ body: ([HeaderField]) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { bytes in
            var start = 0
            return try body(
                lengths.map { length in
                    let value = start + length.name
                    defer { start = value + length.value }
                    return HeaderField(
                        name: UnsafeRawBufferPointer(rebasing: bytes[start..<value]),
                        value: UnsafeRawBufferPointer(rebasing: bytes[value..<value + length.value])
                    )
                }
            )
        }
    }

    /// The first value of a name in lower case; nil without one, and for one that is not UTF-8.
    package func first(_ name: String) -> String? {
        withFields { fields in
            fields.first { $0.name.elementsEqual(name.utf8) }.flatMap { String(validating: $0.value, as: UTF8.self) }
        }
    }
}
